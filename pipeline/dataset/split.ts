/**
 * Deterministic assignment of images to splits.
 *
 * @module
 */

/** A named part of the dataset. */
export type Split = "train" | "validation" | "test";

/** The splits, in the order in which they are processed and reported. */
export const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** Shares of the images to hold out. */
export interface HoldOut {
  /** Share held out for validation, in `[0, 1)`. */
  validation: number;
  /** Share held out for test, in `[0, 1)`. */
  test: number;
}

/**
 * Assigns an image to a split from the digest of its bytes alone.
 *
 * Adding images never moves one that is there, whatever its name and class, and
 * copies of an image stay together. Since the digest knows nothing of classes,
 * every class is divided in the same shares, up to chance.
 *
 * @example Usage
 * ```ts
 * assignSplit("00".repeat(32), { validation: 0.1, test: 0.1 }); // "test"
 * ```
 *
 * @param digest SHA-256 of the image, as 64 lower-case hex characters.
 * @param holdOut The shares to hold out.
 * @returns The split of the image.
 * @throws {RangeError} If the shares are negative or add up to 1 or more.
 * @throws {SyntaxError} If `digest` is not a SHA-256 in hex.
 */
export function assignSplit(digest: string, holdOut: HoldOut): Split {
  const { validation, test } = holdOut;
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new RangeError(
      `Cannot assign a split as validation + test must be in [0, 1): current values are ${validation} and ${test}`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new SyntaxError(
      `Cannot assign a split as digest must be 64 hex characters: current value is "${digest}"`,
    );
  }
  // 48 bits: the most that whole hex characters give and float64 holds exactly.
  const position = parseInt(digest.slice(0, 12), 16) / 2 ** 48;
  if (position < test) return "test";
  return position < test + validation ? "validation" : "train";
}

/**
 * Reads the name of a split as people write it.
 *
 * @param name `train`, `test`, or `val`, `valid`, `validation`.
 * @returns The split, or `undefined` for any other name.
 */
export function parseSplit(name: string): Split | undefined {
  if (name === "train" || name === "test") return name;
  return ["val", "valid", "validation"].includes(name)
    ? "validation"
    : undefined;
}

/**
 * Reads the split that recorded settings name.
 *
 * @param settings The settings, as JSON keeps them.
 * @returns The split, or `undefined` if they name none.
 */
export function splitOf(
  settings: { readonly split?: unknown } | undefined,
): Split | undefined {
  return SPLITS.find((split) => split === settings?.split);
}
