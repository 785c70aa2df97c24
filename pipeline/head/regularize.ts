/**
 * Class weights.
 *
 * @module
 */

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
