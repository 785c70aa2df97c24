/** Numbers and splits that flags give. */

import type { BackendChoice, Split } from "../../mod.ts";
import { SETTINGS } from "../../pipeline/config/settings.ts";
import { parseSplit } from "../../pipeline/dataset/split.ts";
import { refuseValue } from "./flags.ts";
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
  return isValid(value)
    ? value
    : refuseValue(name, `it must be ${wanted}`, text);
}

/**
 * Reads an integer from a flag.
 *
 * @param values Text by name of the flag.
 * @param most The largest that will do; without it, every one from `least` on does.
 * @throws {UsageError} If it is no integer in these bounds.
 */
export function readCount(
  values: ParsedFlags["values"],
  name: string,
  least = 1,
  most?: number,
): number | undefined {
  const isValid = (value: number) =>
    Number.isInteger(value) && value >= least && value <= (most ?? Infinity);
  const end = most === undefined ? "" : ` to ${most}`;
  return readNumber(values, name, isValid, `an integer from ${least}${end}`);
}

/** Reads `--threshold`: the probability below which a photo is unsure. */
export function readThreshold(
  values: ParsedFlags["values"],
): number | undefined {
  const isShare = (value: number) => value >= 0 && value <= 1;
  return readNumber(values, "threshold", isShare, "a number from 0 to 1");
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
  return engine === undefined || kind.allows(engine)
    ? engine as BackendChoice | undefined
    : refuseValue("engine", kind.error, engine);
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
  const rule = "it must be one of train, validation, test";
  return parseSplit(text) ?? refuseValue("split", rule, text);
}
