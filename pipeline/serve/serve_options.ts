/** The options of a server, and the running server. */

import type { BackendChoice } from "../backends/open_backend.ts";
import type { PipelineOptions } from "../run/events.ts";
import type { Log } from "./app_parts.ts";
import type { ServeLimits } from "./limits.ts";

/** What is served, to whom, and how. */
export interface ServeOptions
  extends Pick<PipelineOptions, "cache" | "onEvent"> {
  /** Names of the runs; the first is used where none is named. @default {["default"]} */
  runs?: readonly string[] | undefined;
  /** Address to listen on. @default {"127.0.0.1"} */
  address?: string | undefined;
  /** Port; 0 for any. @default {8000} */
  port?: number | undefined;
  /** Host names by which the server may be asked for, beside those of this machine. */
  hosts?: readonly string[] | undefined;
  /** Origins of other pages that may ask. @default none */
  origins?: readonly string[] | undefined;
  /** The token that is needed. @default none is */
  token?: string | undefined;
  /** Certificate and key as PEM, for TLS. */
  tls?: { cert: string; key: string } | undefined;
  /** What is taken, where it differs from the defaults. */
  limits?: Partial<ServeLimits> | undefined;
  /** A photo is unsure below this probability. @default {0.5} */
  threshold?: number | undefined;
  /** What logits are divided by. @default {"auto"} */
  temperature?: "auto" | "none" | number | undefined;
  /** What runs the backbone. @default the setting of the run */
  engine?: BackendChoice | undefined;
  /** Most photos of a batch. @default what is fastest on the engine */
  batchSize?: number | undefined;
  /** How long a batch that is not full waits for more photos while the device works, in milliseconds. @default {5} */
  waitMs?: number | undefined;
  /** Writes the log. */
  log?: Log | undefined;
}

/** A server that runs. */
export interface RunningServer extends AsyncDisposable {
  /** Its address, such as `http://127.0.0.1:8000`. */
  readonly address: string;
  /**
   * Stops taking requests, answers those that were taken, and frees everything. A client
   * that has sent half a body and stays is not waited for, but keeps the program alive
   * (Deno 2.9): `Deno.exit()` ends it.
   */
  stop(): Promise<void>;
}
