/**
 * Reading single embeddings.
 *
 * @module
 */

import type { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";

/** Reads the embedding of one view of a sample. */
export function readView(
  source: EmbeddingSource,
  row: number,
  view: number,
): Float32Array {
  const target = new Float32Array(source.size);
  source.copyView(target, row, view);
  return target;
}
