/**
 * Embedding photos in another precision, to see how the embeddings agree with those in
 * F32 before a dataset is embedded.
 */

import type { Embedder } from "../backends/backend.ts";
import { ConfigError } from "../errors.ts";
import { headLogits } from "../evidence/head_logits.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import {
  compareEmbeddings,
  type EmbeddingAgreement,
} from "../metrics/embedding_agreement.ts";
import type { DrawnPhotos } from "../shards/draw_photos.ts";
import type { Job } from "./stage.ts";

/**
 * Least mean cosine that is let pass.
 *
 * Embeddings of `tiny` have one of 0.999, which cost 0.2 points of top-1 accuracy on
 * 60 flowers. With ranges that were made worse on purpose, so that it was 0.998,
 * 0.995, 0.988 or 0.969, it cost 2 points.
 */
const LEAST_MEAN_COSINE = 0.995;

/** Digits of the agreement that are kept: what engines agree on. */
const DIGITS = 4;

/** How the embeddings of some photos agree; part of a manifest. */
export type PhotoAgreement = EmbeddingAgreement & {
  /** Photos. */
  checked: number;
  /** Photos of which the last head of the run predicts the same; absent without one. */
  samePrediction?: number;
};

/** What came of the check. */
interface CheckedPrecision {
  agreement: PhotoAgreement;
  /** The embeddings in the other precision, F32 `[count, D]`. */
  values: Float32Array;
}

/** Predicts the label of each embedding, F32 `[count, D]`. */
function predict(
  head: SavedHead,
  { values, count }: { values: Float32Array; count: number },
): number[] {
  const logits = headLogits(head);
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => {
    const row = logits(values.subarray(i * size, (i + 1) * size));
    return row.indexOf(Math.max(...row));
  });
}

/** Rounds a number of the agreement. */
function round(value: number): number {
  return Number(value.toFixed(DIGITS));
}

/**
 * Embeds photos in another precision and compares the embeddings with those in F32, and
 * the predictions of the last head of the run if there is one.
 *
 * @param rounder Computes in the other precision.
 * @param photos Photos, and their embeddings in F32.
 * @throws {ConfigError} If the embeddings differ too much.
 */
export async function checkPrecision(
  rounder: Embedder,
  photos: DrawnPhotos & { exact: Float32Array },
  job: Job,
): Promise<CheckedPrecision> {
  const { images, count, exact } = photos;
  const values = await rounder.embed(images, { count, views: ["plain"] });
  const [a, b] = [{ values: exact, count }, { values, count }];
  const { meanCosine, worstCosine, sameNeighbour } = compareEmbeddings(a, b);
  const head = await job.readLastHead();
  const before = head && predict(head, a);
  const after = head && predict(head, b);
  const agreement = {
    checked: count,
    meanCosine: round(meanCosine),
    worstCosine: round(worstCosine),
    sameNeighbour,
    ...before && after && {
      samePrediction: before.filter((label, i) => label === after[i]).length,
    },
  };
  const { stage } = job.files.work;
  const { precision } = job.run.config;
  job.emit({ type: "agreement", stage, precision, ...agreement });
  // Not `<`: NaN must fail.
  if (!(meanCosine >= LEAST_MEAN_COSINE)) {
    throw new ConfigError(
      `Cannot use precision "${precision}" as embeddings of ${count} photos must have a mean cosine of at least ${LEAST_MEAN_COSINE} to those of float32: it is ${agreement.meanCosine}, and ${agreement.worstCosine} at worst; use --precision float32`,
      "precision",
    );
  }
  return { agreement, values };
}
