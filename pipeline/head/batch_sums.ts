/**
 * Loss and right predictions of a batch.
 *
 * @module
 */

import type { BatchTargets, EpochSums } from "./network.ts";

/**
 * Sums over the samples of a batch, in 64 bits.
 *
 * @param logP Logarithms of the probabilities, F32 `[n, C]`.
 * @returns The sum of the weighted losses, and the number of right predictions; of equals the first is predicted.
 */
export function sumBatch(logP: Float32Array, batch: BatchTargets): EpochSums {
  const { targets, weights, labels } = batch;
  const classes = logP.length / labels.length;
  const sums = { loss: 0, correct: 0 };
  for (let n = 0; n < labels.length; n++) {
    const start = n * classes;
    let loss = 0;
    let best = start;
    for (let i = start; i < start + classes; i++) {
      loss -= targets[i]! * logP[i]!;
      if (logP[i]! > logP[best]!) best = i;
    }
    sums.loss += weights[n]! * loss;
    if (best - start === labels[n]) sums.correct++;
  }
  return sums;
}
