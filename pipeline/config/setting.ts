/** One setting: kind, default, unit, meaning. */

import type { Kind } from "./kinds.ts";

/** A task that takes settings as flags. */
export type SettingTask = "prepare" | "train";

/** One row of the table. */
export interface Setting<T> {
  /** How a value is checked and read. */
  kind: Kind<T>;
  /** Value where none is given; `null` is explained by `description`. */
  default: T;
  /** The tasks whose flag it is. */
  tasks: readonly SettingTask[];
  /** Unit of the value, if it has one. */
  unit?: string;
  /** What it does, in one line. */
  description: string;
}

/**
 * Keeps the type of each value while checking the shape of the row.
 *
 * @param value Value where none is given.
 * @param unit Unit of the value, if it has one.
 */
export function setting<T>(
  tasks: SettingTask | readonly SettingTask[],
  kind: Kind<T>,
  value: NoInfer<T>,
  description: string,
  unit?: string,
): Setting<T> {
  return {
    kind,
    default: value,
    tasks: [tasks].flat(),
    description,
    ...(unit === undefined ? {} : { unit }),
  };
}
