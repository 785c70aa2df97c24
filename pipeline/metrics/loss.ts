/**
 * Softmax and cross-entropy, in float64 from float32 logits.
 *
 * Both subtract the largest logit first, so that no exponential overflows and
 * the largest is exactly 1: `log sum exp x = m + log sum exp (x - m)`.
 *
 * Source: Blanchard, Higham and Higham 2021, Accurately computing the
 * log-sum-exp and softmax functions, https://doi.org/10.1093/imanum/draa038.
 *
 * @module
 */

import { checkLabels, countRows } from "./logits.ts";

/** The largest of some numbers; spreading them into `Math.max` would limit their count. */
function largest(numbers: Float32Array): number {
  let most = -Infinity;
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, numbers[i]!);
  return most;
}

/** Cross-entropy of one sample: log-sum-exp of its logits minus that of its class. */
function rowCrossEntropy(
  scores: Float32Array,
  label: number,
  temperature: number,
): number {
  const shift = largest(scores);
  let sum = 0;
  for (const score of scores) sum += Math.exp((score - shift) / temperature);
  // The large numbers meet first: adding the logarithm to one of them would round it away.
  return (shift - scores[label]!) / temperature + Math.log(sum);
}

/**
 * Turns logits into probabilities.
 *
 * Shapes: `logits` f32 `[N, C]`; returns f64 `[N, C]`, rows adding up to 1.
 *
 * @example Usage
 * ```ts
 * softmax(Float32Array.of(0, 0), 2); // [0.5, 0.5]
 * ```
 *
 * @param logits Logits in row-major order.
 * @param classCount Number C of classes.
 * @param temperature What the logits are divided by.
 * @returns Probabilities in row-major order.
 * @throws {RangeError} If the logits are not finite rows of C.
 */
export function softmax(
  logits: Float32Array,
  classCount: number,
  temperature = 1,
): Float64Array {
  const samples = countRows(logits, classCount);
  const probabilities = new Float64Array(logits.length);
  for (let row = 0; row < samples; row++) {
    const start = row * classCount;
    const scores = logits.subarray(start, start + classCount);
    const shift = largest(scores);
    const powers = probabilities.subarray(start, start + classCount);
    let sum = 0;
    for (let label = 0; label < classCount; label++) {
      const power = Math.exp((scores[label]! - shift) / temperature);
      powers[label] = power;
      sum += power;
    }
    for (let label = 0; label < classCount; label++) powers[label]! /= sum;
  }
  return probabilities;
}

/**
 * Returns the mean cross-entropy of the true classes.
 *
 * Shapes: `logits` f32 `[N, C]`, `labels` i32 `[N]`.
 * Units: nats a sample.
 *
 * @example Usage
 * ```ts
 * crossEntropy(Float32Array.of(0, 0), Int32Array.of(1), 2); // Math.LN2
 * ```
 *
 * @param logits Logits in row-major order.
 * @param labels The true label of each sample.
 * @param classCount Number C of classes.
 * @param temperature What the logits are divided by.
 * @returns The mean, 0 or more.
 * @throws {RangeError} If the logits are not finite rows of C, or the labels do not fit.
 */
export function crossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  classCount: number,
  temperature = 1,
): number {
  const samples = countRows(logits, classCount);
  checkLabels(labels, { samples, classCount });
  let sum = 0;
  for (let row = 0; row < samples; row++) {
    const start = row * classCount;
    const scores = logits.subarray(start, start + classCount);
    sum += rowCrossEntropy(scores, labels[row]!, temperature);
  }
  return sum / samples;
}
