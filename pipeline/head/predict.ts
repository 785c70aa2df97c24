/**
 * Logits of many embeddings, in evaluation mode.
 *
 * @module
 */

import type { EmbeddingSource } from "./embeddings_source.ts";
import type { HeadNetwork } from "./network.ts";

/** Samples whose logits are computed at once. */
const PREDICT_BATCH = 256;

/**
 * Computes the logits of plain views, in batches.
 *
 * @param rows The samples, all of them if not given.
 * @returns F32 `[n, C]`.
 */
export async function predictLogits(
  network: HeadNetwork,
  source: EmbeddingSource,
  rows: Int32Array = Int32Array.from({ length: source.count }, (_, i) => i),
): Promise<Float32Array> {
  const { size } = source;
  let all = new Float32Array(0);
  for (let start = 0; start < rows.length; start += PREDICT_BATCH) {
    const batch = rows.subarray(start, start + PREDICT_BATCH);
    const inputs = new Float32Array(batch.length * size);
    batch.forEach((row, i) =>
      source.copyView(inputs.subarray(i * size, (i + 1) * size), row, 0)
    );
    const logits = await network.predict(inputs);
    const classes = logits.length / batch.length;
    if (start === 0) all = new Float32Array(rows.length * classes);
    all.set(logits, start * classes);
  }
  return all;
}
