/**
 * Flags that turn off what is done otherwise.
 *
 * @module
 */

import { type Flag, type ParsedFlags, UsageError } from "./flags.ts";

/** Returns a flag that turns something off: `--name=false`. */
export function switchFlag(name: string, description: string): Flag {
  return {
    name,
    placeholder: "true|false",
    description: `${description} (true)`,
  };
}

/**
 * Reads such a flag.
 *
 * @param values Text by name of the flag.
 * @param name Name of the flag.
 * @returns Whether it is on, which it is if nobody says otherwise.
 * @throws {UsageError} If it is neither `true` nor `false`.
 */
export function readSwitch(
  values: ParsedFlags["values"],
  name: string,
): boolean {
  const text = values[name] ?? "true";
  if (text === "true") return true;
  if (text === "false") return false;
  throw new UsageError(
    `Cannot use --${name} as it must be true or false: current value is "${text}"`,
  );
}
