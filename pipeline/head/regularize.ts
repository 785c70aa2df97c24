/**
 * Dropout masks and class weights.
 *
 * @module
 */

import { STREAMS, uniformNumbers } from "./random.ts";

/** Draws an inverted dropout mask: 0, or `1 / (1 - rate)`. */
export function dropoutMask(
  length: number,
  rate: number,
  key: [seed: number, step: number, layer: number],
): Float32Array {
  const [seed, step, layer] = key;
  const uniform = uniformNumbers(seed, STREAMS.dropout, step, layer);
  const mask = new Float32Array(length);
  const kept = 1 / (1 - rate);
  for (let i = 0; i < length; i++) if (uniform(i) >= rate) mask[i] = kept;
  return mask;
}

/** Weights of the classes: `samples / (classes x samples of the class)` if balanced. */
export function classWeights(
  labels: Int32Array,
  classes: number,
  rule: "none" | "balanced",
): Float32Array {
  const weights = new Float32Array(classes).fill(1);
  if (rule === "none") return weights;
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  return weights.map((_, c) => labels.length / (classes * counts[c]!));
}
