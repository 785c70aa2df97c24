/**
 * The k best classes of each sample, and how often the true one is among them.
 *
 * Ties are broken by the lower label. With fewer than k classes, all are among
 * the k best: top-5 accuracy over four classes is 1.
 */

import { checkLabels, countRows } from "./loss.ts";

/** Which classes are asked for. */
interface TopKOptions {
  classCount: number;
  k: number;
}

/** Throws unless k is a positive integer. */
function checkK(k: number): void {
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(
      `Cannot take the best classes as k must be a positive integer: current value is ${k}`,
    );
  }
}

/** Labels of the largest scores, the largest first: insertion, as k is small. */
function bestLabels(scores: Float32Array, width: number): number[] {
  const best: number[] = [];
  for (let label = 0; label < scores.length; label++) {
    let place = best.length;
    // Strictly larger: among equals the lower label, which came first, stays ahead.
    while (place > 0 && scores[label]! > scores[best[place - 1]!]!) place--;
    if (place === width) continue;
    best.splice(place, 0, label);
    best.length = Math.min(best.length, width);
  }
  return best;
}

/**
 * Returns the labels of the k largest logits of each row, the largest first.
 *
 * Shapes: `logits` f32 `[N, C]`; returns i32 `[N, min(k, C)]`.
 *
 * @example Usage
 * ```ts
 * const logits = Float32Array.of(1, 3, 3);
 * topKLabels(logits, { classCount: 3, k: 2 }); // [1, 2]
 * ```
 *
 * @param logits Logits in row-major order.
 * @returns Labels in row-major order, ties by the lower label.
 * @throws {RangeError} If k is not a positive integer, or the logits are not finite rows.
 */
export function topKLabels(
  logits: Float32Array,
  options: TopKOptions,
): Int32Array {
  const { classCount, k } = options;
  checkK(k);
  const samples = countRows(logits, classCount);
  const width = Math.min(k, classCount);
  const labels = new Int32Array(samples * width);
  for (let row = 0; row < samples; row++) {
    const scores = logits.subarray(row * classCount, (row + 1) * classCount);
    labels.set(bestLabels(scores, width), row * width);
  }
  return labels;
}

/**
 * Returns the fraction of samples whose true label is among the k best.
 *
 * Shapes: `logits` f32 `[N, C]`, `labels` i32 `[N]`.
 *
 * @example Usage
 * ```ts
 * const logits = Float32Array.of(1, 3, 2, 9, 1, 5);
 * const options = { classCount: 3, k: 2 };
 * topKAccuracy(logits, Int32Array.of(2, 1), options); // 0.5
 * ```
 *
 * @param logits Logits in row-major order.
 * @param options The classes, and how many of the best are taken.
 * @returns A fraction in `[0, 1]`.
 * @throws {RangeError} If k is not a positive integer, the logits are not finite rows, or the labels do not fit.
 */
export function topKAccuracy(
  logits: Float32Array,
  labels: Int32Array,
  options: TopKOptions,
): number {
  const best = topKLabels(logits, options);
  const { classCount, k } = options;
  const width = Math.min(k, classCount);
  checkLabels(labels, { samples: best.length / width, classCount });
  let hits = 0;
  labels.forEach((label, row) => {
    if (best.subarray(row * width, (row + 1) * width).includes(label)) hits++;
  });
  return hits / labels.length;
}
