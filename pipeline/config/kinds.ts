/**
 * The kinds of values that settings have: how each is checked, and how it is
 * read from the text of a flag.
 *
 * @module
 */

import { z } from "zod";

/** Checks a value; zod's schemas are such checkers. */
export interface Checker {
  /** Returns whether the value is allowed, and what is wrong if not. */
  safeParse(value: unknown): {
    /** Whether it is allowed. */
    success: boolean;
    /** The value, if it is allowed. */
    data?: unknown;
    /** What is wrong. */
    error?: { issues: { message: string }[] } | undefined;
  };
}

/** How a value is checked and read from text. */
export interface Kind<T> {
  /** Checks a value from a configuration file. */
  schema: Checker;
  /** Stands for the type of the value; never set. */
  type?: T;
  /** Reads a value from a flag; what is no such value is handed on for the schema to refuse. */
  parse: (text: string) => unknown;
  /** Stands for the value in `--help`. */
  placeholder: string;
}

/** Reads a number; what is none stays text. */
function parseNumber(text: string): unknown {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

/**
 * A whole number.
 *
 * @param max Largest value; by default what 32 bits hold without a sign.
 */
export function integer(min: number, max: number = 2 ** 32 - 1): Kind<number> {
  const error = `it must be a whole number of ${min} to ${max}`;
  return {
    schema: z.int({ error }).min(min, { error }).max(max, { error }),
    parse: parseNumber,
    placeholder: "N",
  };
}

/**
 * A number in `[min, max)`.
 *
 * @param max The bound that values stay below.
 */
export function fraction(min: number, max: number): Kind<number> {
  const error = `it must be a number in [${min}, ${max})`;
  return {
    schema: z.number({ error }).min(min, { error }).lt(max, { error }),
    parse: parseNumber,
    placeholder: "F",
  };
}

/** A number in `[min, max]`. */
export function between(min: number, max: number): Kind<number> {
  const error = `it must be a number of ${min} to ${max}`;
  return {
    schema: z.number({ error }).min(min, { error }).max(max, { error }),
    parse: parseNumber,
    placeholder: "F",
  };
}

/** A number above 0. */
export function positive(): Kind<number> {
  const error = "it must be a number above 0";
  return {
    schema: z.number({ error }).positive({ error }),
    parse: parseNumber,
    placeholder: "F",
  };
}

/** One of a few words. */
export function choice<const T extends string>(
  choices: readonly T[],
): Kind<T> {
  const error = `it must be one of ${choices.join(", ")}`;
  return {
    schema: z.enum(choices as [T, ...T[]], { error }),
    parse: (text) => text,
    placeholder: choices.join("|"),
  };
}

/**
 * Free text that is not empty.
 *
 * @param placeholder Stands for the value in `--help`.
 */
export function text(placeholder: string): Kind<string> {
  const error = "it must be text that is not empty";
  return {
    schema: z.string({ error }).min(1, { error }),
    parse: (value) => value,
    placeholder,
  };
}

/** Yes or no; as a flag it stands alone. */
export function boolean(): Kind<boolean> {
  return {
    schema: z.boolean({ error: "it must be true or false" }),
    parse: (value) =>
      value === "true" ? true : value === "false" ? false : value,
    placeholder: "",
  };
}

/** Text that leaves a value to the program. */
const AUTO = "auto";

/**
 * A kind whose value may be left to the program: `auto` as a flag, `null` in a
 * configuration file.
 *
 * @returns The kind, with `null` for "not given".
 */
export function optional<T>(kind: Kind<T>): Kind<T | null> {
  const schema: Checker = {
    safeParse: (value) =>
      value === null
        ? { success: true, data: null }
        : kind.schema.safeParse(value),
  };
  const parse = (value: string) => value === AUTO ? null : kind.parse(value);
  return { schema, parse, placeholder: kind.placeholder };
}
