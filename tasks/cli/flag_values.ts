/** Numbers and splits that flags give. */

import type { BackendChoice, Split } from "../../mod.ts";
import { SETTINGS } from "../../pipeline/config/settings.ts";
import { parseSplit } from "../../pipeline/dataset/split.ts";
import { UsageError } from "./flags.ts";
import type { ParsedFlags } from "./parse_flags.ts";

/**
 * Reads a number from a flag.
 *
 * @param values Text by name of the flag.
 * @param wanted What will do, for people.
 * @returns The number, or `undefined` if the flag is not given.
 * @throws {UsageError} If it is no number that will do.
 */
export function readNumber(
  values: ParsedFlags["values"],
  name: string,
  isValid: (value: number) => boolean,
  wanted: string,
): number | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (isValid(value)) return value;
  throw new UsageError(
    `Cannot use --${name} as it must be ${wanted}: current value is "${text}"`,
  );
}

/**
 * Reads `--temperature`.
 *
 * @param values Text by name of the flag.
 * @returns What logits are divided by, or how that is chosen.
 * @throws {UsageError} If it is something else.
 */
export function readTemperature(
  values: ParsedFlags["values"],
): "auto" | "none" | number | undefined {
  const { temperature } = values;
  if (temperature === "none" || temperature === "auto") return temperature;
  const isValid = (value: number) => Number.isFinite(value) && value > 0;
  return readNumber(
    values,
    "temperature",
    isValid,
    "auto, none or a number above 0",
  );
}

/**
 * Reads `--engine`.
 *
 * @returns The engine, or `undefined` without the flag.
 * @throws {UsageError} If there is none of this name.
 */
export function readEngine(
  { engine }: ParsedFlags["values"],
): BackendChoice | undefined {
  const { kind } = SETTINGS.engine;
  if (engine === undefined || kind.allows(engine)) {
    return engine as BackendChoice | undefined;
  }
  throw new UsageError(
    `Cannot use --engine as ${kind.error}: current value is "${engine}"`,
  );
}

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
