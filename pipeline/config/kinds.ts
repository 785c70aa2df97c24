/**
 * The kinds of values that settings have: how each is checked, and how it is
 * read from the text of a flag.
 *
 * @module
 */

import { z } from "zod";

/** How a value is checked and read from text. */
export interface Kind<T> {
  /** Checks a value from a configuration file. */
  schema: z.ZodType<T>;
  /** Reads a value from a flag; text that is no such value is returned as it is, for the schema to refuse. */
  parse: (text: string) => unknown;
  /** Stands for the value in `--help`. */
  placeholder: string;
}

/** Numbers that pass a test. */
function numbers(
  placeholder: "N" | "F",
  error: string,
  test: (value: number) => boolean,
): Kind<number> {
  const schema = placeholder === "N" ? z.int({ error }) : z.number({ error });
  return {
    schema: schema.refine(test, { error }),
    parse(text) {
      const value = Number(text);
      return text.trim() === "" || Number.isNaN(value) ? text : value;
    },
    placeholder,
  };
}

/**
 * A whole number.
 *
 * @param max Largest value; by default what 32 bits hold without a sign.
 */
export function integer(min: number, max: number = 2 ** 32 - 1): Kind<number> {
  const error = `it must be a whole number of ${min} to ${max}`;
  return numbers("N", error, (n) => n >= min && n <= max);
}

/** A number in `[min, max)`. */
export function fraction(min: number, max: number): Kind<number> {
  const error = `it must be a number in [${min}, ${max})`;
  return numbers("F", error, (x) => x >= min && x < max);
}

/** A number in `[min, max]`. */
export function between(min: number, max: number): Kind<number> {
  const error = `it must be a number of ${min} to ${max}`;
  return numbers("F", error, (x) => x >= min && x <= max);
}

/** A number above 0. */
export function positive(): Kind<number> {
  const error = "it must be a number above 0";
  return numbers("F", error, (x) => x > 0);
}

/** One of a few words. */
export function choice<const T extends string>(
  choices: readonly T[],
): Kind<T> {
  const error = `it must be one of ${choices.join(", ")}`;
  return {
    schema: z.enum(choices as readonly [T, ...T[]], { error }),
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
 */
export function optional<T>(kind: Kind<T>): Kind<T | null> {
  const { schema, parse, placeholder } = kind;
  return {
    schema: schema.nullable(),
    parse: (value) => value === AUTO ? null : parse(value),
    placeholder,
  };
}
