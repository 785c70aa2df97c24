/** Classes with too few photos. */

import { type Split, SPLITS } from "../dataset/split.ts";

/**
 * Photos that a class needs in a split to be judged by it.
 *
 * With 12, Wilson's 95 % interval of a recall of one half is 0.25 to 0.75; with fewer
 * it is wider, so that a recall of 1/4 cannot be distinguished from one of 3/4. It is
 * `1/2 ± z / (2 sqrt(n + z²))` with z = 1.96, a formula that can be solved for n. The
 * exact interval, which is shown beside metrics, is 0.21 to 0.79: it never covers less
 * than 95 %, and so more on average.
 *
 * Source: Wilson 1927, Probable Inference, the Law of Succession, and Statistical
 * Inference.
 */
const NEEDED_TO_JUDGE = 12;

/**
 * Photos that a class needs to be trained on.
 *
 * With 10 of one class where the others have 30, a logistic regression of
 * scikit-learn on the embeddings of flowers had a recall of that class of 0.15 in
 * place of 0.65, with 5 none; with 10 where the others have 20, on those of the
 * embedded pictures, 0.42 in place of 0.82, with 5 0.03.
 */
export const NEEDED_TO_TRAIN = 10;

/** A class that is too small. */
export interface SmallClass {
  split: Split;
  label: number;
  /** Its photos in that split. */
  count: number;
  /** How many are needed. */
  needed: number;
}

/**
 * Finds classes that are too small.
 *
 * @returns The classes, by split and label; none of a split without samples.
 */
export function findSmallClasses(
  counts: Record<Split, readonly number[]>,
): SmallClass[] {
  return SPLITS.flatMap((split) => {
    const needed = split === "train" ? NEEDED_TO_TRAIN : NEEDED_TO_JUDGE;
    if (counts[split].every((count) => count === 0)) return [];
    return counts[split].flatMap((count, label) =>
      count < needed ? [{ split, label, count, needed }] : []
    );
  });
}
