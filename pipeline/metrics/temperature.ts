/**
 * Temperature scaling: dividing logits by one number so that probabilities
 * are calibrated.
 *
 * It moves no prediction: the order of the classes stays.
 *
 * Source: Guo et al. 2017, section 4.2, https://arxiv.org/abs/1706.04599.
 */

import { checkLabels, countRows } from "./loss.ts";

/** Lowest temperature that is looked for; a lower one takes every prediction for certain. */
const LOWEST = 1e-3;

/** Highest temperature that is looked for; a higher one makes all classes alike. */
const HIGHEST = 1e3;

/** Relative step at which the search ends: two digits beyond what is promised. */
const PRECISION = 1e-12;

/** Steps after which the search ends in any case; bisection alone needs 45. */
const MOST_STEPS = 100;

/** A temperature, or why there is none. */
export type TemperatureFit =
  | {
    /** The divisor of the logits. */
    temperature: number;
    reason: null;
  }
  | {
    temperature: null;
    reason: string;
  };

/** Logits with the truth. */
interface Samples {
  logits: Float32Array;
  labels: Int32Array;
  classCount: number;
}

/**
 * First and second derivative of the mean cross-entropy by the inverse
 * temperature: how far the expected logit lies above that of the true class, and
 * the variance of the logits.
 */
function differentiate(
  samples: Samples,
  inverse: number,
): { slope: number; curvature: number } {
  const { logits, labels, classCount } = samples;
  let [slope, curvature] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const start = row * classCount;
    const end = start + classCount;
    let largest = -Infinity;
    for (let i = start; i < end; i++) largest = Math.max(largest, logits[i]!);
    // Logits count from the largest, so that no exponential overflows.
    let [total, first, second] = [0, 0, 0];
    for (let i = start; i < end; i++) {
      const distance = logits[i]! - largest;
      const power = Math.exp(distance * inverse);
      total += power;
      first += power * distance;
      second += power * distance * distance;
    }
    const expected = first / total;
    slope += expected - (logits[start + labels[row]!]! - largest);
    curvature += second / total - expected * expected;
  }
  return { slope: slope / labels.length, curvature: curvature / labels.length };
}

/** Finds where the slope is 0 between two inverse temperatures: Newton's method, by bisection where it leaves the bracket. */
function findMinimum(samples: Samples, low: number, high: number): number {
  let inverse = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slope, curvature } = differentiate(samples, inverse);
    if (slope === 0) break;
    if (slope < 0) low = inverse;
    else high = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    const moved = Math.abs(next - inverse);
    inverse = next;
    if (moved <= PRECISION * inverse) break;
  }
  return inverse;
}

/**
 * Fits the temperature that minimizes the mean cross-entropy.
 *
 * The cross-entropy is convex in the inverse temperature, so there is one
 * minimum at most. There is none in the range where every sample is predicted
 * right by far, or where the logits are no better than chance; nothing is made up
 * then.
 *
 * Shapes: `logits` f32 `[N, C]`, `labels` i32 `[N]`.
 *
 * @example Usage
 * ```ts
 * // Right three times of four, by a distance of 2: the odds are 3, not exp(2).
 * const logits = Float32Array.of(2, 0, 2, 0, 2, 0, 2, 0);
 * fitTemperature(logits, Int32Array.of(0, 0, 0, 1), 2).temperature; // 2 / Math.log(3)
 * ```
 *
 * @param logits Logits in row-major order, of samples that were not trained on.
 * @param classCount Number C of classes.
 * @returns A temperature in `[0.001, 1000]` to 10 digits, or `null` with the reason.
 * @throws {RangeError} If the logits are not finite rows of C, or the labels do not fit.
 */
export function fitTemperature(
  logits: Float32Array,
  labels: Int32Array,
  classCount: number,
): TemperatureFit {
  checkLabels(labels, { samples: countRows(logits, classCount), classCount });
  const samples = { logits, labels, classCount };
  const [low, high] = [1 / HIGHEST, 1 / LOWEST];
  if (differentiate(samples, low).slope >= 0) {
    const reason =
      `the loss falls up to a temperature of ${HIGHEST}: the logits are no better than chance`;
    return { temperature: null, reason };
  }
  if (differentiate(samples, high).slope <= 0) {
    const reason =
      `the loss falls down to a temperature of ${LOWEST}: there are no errors to fit it on`;
    return { temperature: null, reason };
  }
  return { temperature: 1 / findMinimum(samples, low, high), reason: null };
}
