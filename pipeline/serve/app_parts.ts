/** What the application is made of. */

import type { Access } from "./access.ts";
import type { Admission } from "./admission.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ServeLimits } from "./limits.ts";
import type { ServeMetrics } from "./metrics.ts";

/** A line of the log: no photo, no name of a file, no path of a request is in it. */
export interface LogEntry {
  /** How bad it is. */
  level: "info" | "warning" | "error";
  /** What happened. */
  event: string;
  /** More about it. */
  [field: string]: string | number | boolean | undefined;
}

/** Writes a line of the log. */
export type Log = (entry: LogEntry) => void;

/** What the application is made of. */
export interface AppParts {
  /** The runs. */
  catalogue: Catalogue;
  /** The bounded queue. */
  admission: Admission;
  /** What is taken. */
  limits: ServeLimits;
  /** Who may ask. */
  access: Access;
  /** A photo is unsure below this probability. */
  threshold: number;
  /** Counters. */
  metrics: ServeMetrics;
  /** Writes the log. */
  log: Log;
  /** Milliseconds since some moment. */
  now: () => number;
  /** How the server is. */
  health: () => "ok" | "stopping" | "failed";
}

/** What is known of a request while it is answered. */
export interface RequestState {
  /** When its head was read, by `now`. */
  started: number;
  /** Photos in it. */
  photos?: number;
  /** Bytes of its body. */
  bytes?: number;
  /** The run that was used. */
  run?: string;
  /** Code of the error. */
  code?: string;
}

/** The types of the application. */
export interface AppEnv {
  /** What handlers share. */
  Variables: { state: RequestState };
}

/** Rounds milliseconds to a tenth, as answers and log show them. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
