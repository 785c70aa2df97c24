/**
 * What the run says of photos of the evaluated split: what an export is held to.
 */

import { encodeSafetensors } from "../artifact/safetensors.ts";
import { toTensor } from "../artifact/tensor.ts";
import { headLogits } from "../evidence/head_logits.ts";
import { DatasetError } from "../errors.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import { softmax } from "../metrics/loss.ts";
import { STREAMS, uniformNumbers } from "../numeric/random.ts";
import { type PixelSource, readPixels } from "../shards/pixels.ts";

/** Most photos that an export is compared on. */
const MOST_PHOTOS = 64;

/** Photos that travel with an export, with what the run says of them. */
const MOST_GOLDEN = 8;

/** Photos, and what the run says of them. */
export interface Reference {
  /** Number n of photos. */
  count: number;
  /** Side S of a photo, in pixels. */
  side: number;
  /** U8 `[n, S, S, 3]`, RGB. */
  images: Uint8Array;
  /** I32 `[n]`, the true labels. */
  labels: Int32Array;
  /** F32 `[n, C]`. */
  logits: Float32Array;
  /** F32 `[n, C]`, with the temperature. */
  probabilities: Float32Array;
}

/** Where the photos of a split are, and what their head is. */
export interface ReferenceSource {
  /** Seed of the run, by which photos are drawn. */
  seed: number;
  /** Embeddings of the split. */
  embeddings: EmbeddingSource;
  /** Pixels of the photos. */
  pixels: PixelSource;
  /** Side S of a photo, in pixels. */
  side: number;
  head: SavedHead;
  /** What logits are divided by. */
  temperature: number;
}

/** Draws rows of a split, in random order. */
function drawRows({ seed, embeddings: { count } }: ReferenceSource): number[] {
  const uniform = uniformNumbers(seed, STREAMS.golden);
  const keys = Float64Array.from({ length: count }, (_, row) => uniform(row));
  return Array.from(keys.keys())
    .sort((a, b) => keys[a]! - keys[b]! || a - b)
    .slice(0, MOST_PHOTOS);
}

/** Computes the logits of rows, as the evaluation did. */
function computeLogits(
  rows: readonly number[],
  { embeddings, head }: ReferenceSource,
): Float32Array {
  const { classes } = head.shape;
  const compute = headLogits(head);
  const embedding = new Float32Array(embeddings.size);
  const logits = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    embeddings.copyView(embedding, row, 0);
    logits.set(compute(embedding), i * classes);
  });
  return logits;
}

/**
 * Draws photos of the evaluated split by the seed of the run, at most 64, and says
 * what the run says of them: by the embeddings that were evaluated.
 *
 * @returns The photos, in random order.
 * @throws {MissingArtifactError} If a shard is gone.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function readReference(
  source: ReferenceSource,
): Promise<Reference> {
  const { embeddings, pixels, side, head, temperature } = source;
  const rows = drawRows(source);
  const records = rows.map((row) => embeddings.record(row));
  const size = side ** 2 * 3;
  const images = new Uint8Array(rows.length * size);
  const missing = new Set(records);
  for await (const photo of readPixels(records, pixels)) {
    images.set(photo.pixels, records.indexOf(photo.record) * size);
    missing.delete(photo.record);
  }
  if (missing.size > 0) {
    throw new DatasetError(
      `Cannot export as the tensors lack photos that were evaluated: records ${
        [...missing].join(", ")
      }`,
    );
  }
  const logits = computeLogits(rows, source);
  const scaled = softmax(logits, head.shape.classes, temperature);
  return {
    count: rows.length,
    side,
    images,
    labels: Int32Array.from(rows, (row) => embeddings.labels[row]!),
    logits,
    probabilities: Float32Array.from(scaled),
  };
}

/**
 * Encodes the first photos, with what the run says of them.
 *
 * @returns The bytes of `golden.safetensors`: `image` U8 `[n, S, S, 3]`, `label` I32 `[n]`, `logits` and `probabilities` F32 `[n, C]`.
 */
export function encodeGolden(reference: Reference): Uint8Array {
  const { side, images, labels, logits, probabilities } = reference;
  const n = Math.min(reference.count, MOST_GOLDEN);
  const classes = logits.length / reference.count;
  const rows = n * classes;
  return encodeSafetensors({
    image: toTensor(images.subarray(0, n * side ** 2 * 3), [n, side, side, 3]),
    label: toTensor(labels.subarray(0, n), [n]),
    logits: toTensor(logits.subarray(0, rows), [n, classes]),
    probabilities: toTensor(probabilities.subarray(0, rows), [n, classes]),
  });
}
