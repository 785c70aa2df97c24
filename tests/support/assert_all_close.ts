/**
 * Comparing numbers of two implementations.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** How far numbers may be apart: `|a - e| <= atol + rtol * |e|`, as NumPy's `allclose` has it. */
export interface Tolerance {
  /**
   * Part that grows with the expected number.
   *
   * @default {0}
   */
  rtol?: number;
  /**
   * Part that does not.
   *
   * @default {0}
   */
  atol?: number;
}

/**
 * Asserts that numbers are close to others, element by element.
 *
 * Source of the rule: https://numpy.org/doc/stable/reference/generated/numpy.allclose.html.
 *
 * @param actual The numbers that were computed.
 * @param expected The numbers of the other implementation.
 * @param tolerance How far they may be apart.
 * @throws {AssertionError} If the lengths differ, or an element is further away or not a number; the message names the worst.
 */
export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): void {
  const { rtol = 0, atol = 0 } = tolerance;
  if (actual.length !== expected.length) {
    throw new AssertionError(
      `There must be ${expected.length} numbers: there are ${actual.length}`,
    );
  }
  let outside = 0;
  let worst = 0;
  let worstExcess = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e)) continue;
    const excess = Math.abs(a - e) - (atol + rtol * Math.abs(e));
    if (excess <= 0) continue;
    outside++;
    // Nothing is further away than what is not a number.
    const distance = Number.isNaN(excess) ? Infinity : excess;
    if (distance > worstExcess) [worst, worstExcess] = [i, distance];
  }
  if (outside > 0) {
    throw new AssertionError(
      `${outside} of ${expected.length} numbers are out of tolerance (rtol ${rtol}, atol ${atol}); the worst is element ${worst}: ${
        actual[worst]
      }, expected ${expected[worst]}`,
    );
  }
}

/**
 * Returns how far a vector is from another, relative to the length of the other.
 *
 * @param a The numbers that were computed.
 * @param b The numbers of the other implementation.
 * @returns `‖a − b‖ / ‖b‖`, in Euclidean norms; NaN for lengths that differ.
 */
export function relativeError(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  if (a.length !== b.length) return NaN;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}
