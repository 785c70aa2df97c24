/** Whether an export answers as the run does. */

import { topKLabels } from "../metrics/top_k.ts";

/** How far probabilities of an export may be from those of the run, by how its weights are kept. */
export const TOLERANCE = { full: 1e-4, half: 1e-2 } as const;

/** How answers compare with those that are expected. */
export interface Agreement {
  /** Photos that were compared. */
  photos: number;
  /** Photos with the same likeliest class. */
  sameTop1: number;
  /** Largest difference between probabilities of a class. */
  largestDifference: number;
}

/**
 * Compares the probabilities of photos.
 *
 * Shapes: both F32 `[n, C]`.
 *
 * @param classCount Number C of classes.
 * @throws {RangeError} If the answers are not finite numbers.
 */
export function compareAnswers(
  actual: Float32Array,
  expected: Float32Array,
  classCount: number,
): Agreement {
  const top1 = (values: Float32Array) =>
    topKLabels(values, { classCount, k: 1 });
  const wanted = top1(expected);
  const sameTop1 = top1(actual).filter((label, i) => label === wanted[i]);
  let largestDifference = 0;
  expected.forEach((value, i) => {
    largestDifference = Math.max(
      largestDifference,
      Math.abs(value - actual[i]!),
    );
  });
  return {
    photos: wanted.length,
    sameTop1: sameTop1.length,
    largestDifference,
  };
}
