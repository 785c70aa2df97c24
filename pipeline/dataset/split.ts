/** The splits of a dataset, and their names. */

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

/** The splits by the names that people give them, in lower case. */
const NAMES: Readonly<Record<string, Split>> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
};

/**
 * Reads the name of a split as people write it.
 *
 * @param name `train` or `training`; `val`, `valid`, `validation` or `dev`; `test` or `testing`; in any case.
 * @returns The split, or `undefined` for any other name.
 */
export function parseSplit(name: string): Split | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/**
 * Reads the split that recorded settings name.
 *
 * @returns The split, or `undefined` if they name none.
 */
export function splitOf(
  settings: { readonly split?: unknown } | undefined,
): Split | undefined {
  return SPLITS.find((split) => split === settings?.split);
}

/**
 * Names the split that a run is judged by while it trains.
 *
 * @returns The split, or `null` if none is held out.
 */
export function heldOutSplit(
  counts: Readonly<Record<string, number>>,
): Split | null {
  if (counts.validation) return "validation";
  return counts.test ? "test" : null;
}
