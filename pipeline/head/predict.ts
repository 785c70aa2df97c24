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
 * @param network The head.
 * @param source The embeddings.
 * @param limit Most samples, from the first.
 * @returns F32 `[n, C]`.
 */
export async function predictLogits(
  network: HeadNetwork,
  source: EmbeddingSource,
  limit = Infinity,
): Promise<Float32Array> {
  const { size } = source;
  const count = Math.min(limit, source.count);
  const parts: Float32Array[] = [];
  for (let start = 0; start < count; start += PREDICT_BATCH) {
    const n = Math.min(PREDICT_BATCH, count - start);
    const inputs = new Float32Array(n * size);
    for (let i = 0; i < n; i++) inputs.set(source.row(start + i, 0), i * size);
    parts.push(await network.predict(inputs));
  }
  const all = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
