/**
 * The kinds of values that settings have: how each is checked, and how it is
 * read from the text of a flag.
 */

/** How a value is checked and read from text. */
export interface Kind<T> {
  /** Returns whether a value, of a configuration file or of {@linkcode parse}, is of this kind. */
  allows: (value: unknown) => value is T;
  /** What a value must be, for errors. */
  error: string;
  /** Reads a value from a flag; other text is returned as it is, and is not allowed. */
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
  return {
    allows: (value): value is number =>
      typeof value === "number" && Number.isFinite(value) && test(value),
    error,
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
  const test = (n: number) => Number.isInteger(n) && n >= min && n <= max;
  return numbers("N", error, test);
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
  return numbers("F", "it must be a number above 0", (x) => x > 0);
}

/** One of a few words. */
export function choice<const T extends string>(choices: readonly T[]): Kind<T> {
  return {
    allows: (value): value is T => choices.some((one) => one === value),
    error: `it must be one of ${choices.join(", ")}`,
    parse: (text) => text,
    placeholder: choices.join("|"),
  };
}

/** Free text that is not empty. */
export function text(placeholder: string): Kind<string> {
  return {
    allows: (value): value is string =>
      typeof value === "string" && value !== "",
    error: "it must be text that is not empty",
    parse: (value) => value,
    placeholder,
  };
}

/** Yes or no; as a flag it stands alone. */
export function boolean(): Kind<boolean> {
  return {
    allows: (value): value is boolean => typeof value === "boolean",
    error: "it must be true or false",
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
  return {
    ...kind,
    allows: (value): value is T | null => value === null || kind.allows(value),
    parse: (value) => value === AUTO ? null : kind.parse(value),
  };
}

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
 */
export function setting<T>(
  tasks: SettingTask | readonly SettingTask[],
  kind: Kind<T>,
  value: NoInfer<T>,
  meaning: Pick<Setting<T>, "description" | "unit">,
): Setting<T> {
  return { kind, default: value, tasks: [tasks].flat(), ...meaning };
}
