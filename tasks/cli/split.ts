/** The split that a task is about. */

import { parseSplit, type Split } from "../../mod.ts";
import { UsageError } from "./flags.ts";

/**
 * Reads the split that was asked for.
 *
 * @returns The split, or `undefined` without the flag.
 * @throws {UsageError} If there is none of this name.
 */
export function readSplit(
  text: string | boolean | undefined,
): Split | undefined {
  if (typeof text !== "string") return undefined;
  const split = parseSplit(text);
  if (split === undefined) {
    throw new UsageError(
      `Cannot use --split as it must be one of train, validation, test: current value is "${text}"`,
    );
  }
  return split;
}
