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
  /** Photos a second, divided by those in F32; for integers their activations are measured meanwhile. */
  speed: number;
  /** The embeddings in the other precision, F32 `[count, D]`. */
  values: Float32Array;
}

/** What an engine made of photos. */
export interface Timed {
  /** F32 `[count, D]`. */
  values: Float32Array;
  /** Time for a photo, the first batch left out. */
  milliseconds: number;
}

/** Embeds photos, and measures how long that takes after the first batch; where there is no other, it runs twice. */
export async function embedTimed(
  engine: Embedder,
  { images, count }: DrawnPhotos,
  job: Job,
): Promise<Timed> {
  const size = images.length / count;
  const embed = (start: number, end: number) =>
    engine.embed(images.subarray(start * size, end * size), {
      count: end - start,
      views: ["plain"],
    });
  const most = Math.min(count, engine.batchSize);
  const first = await embed(0, most);
  job.signal.throwIfAborted();
  const start = most < count ? most : 0;
  const started = job.now();
  const rest = await embed(start, count);
  const milliseconds = (job.now() - started) / (count - start);
  const values = new Float32Array(first.length / most * count);
  values.set(first);
  values.set(rest, values.length - rest.length);
  return { values, milliseconds };
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
 * @param photos Photos, and what came of them in F32.
 * @throws {ConfigError} If the embeddings differ too much.
 */
export async function checkPrecision(
  rounder: Embedder,
  photos: DrawnPhotos & { exact: Timed },
  job: Job,
): Promise<CheckedPrecision> {
  const { count, exact } = photos;
  const rounded = await embedTimed(rounder, photos, job);
  const [a, b] = [{ ...exact, count }, { ...rounded, count }];
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
  const speed = exact.milliseconds / rounded.milliseconds;
  const { stage } = job.files.work;
  const { precision } = job.run.config;
  job.emit({ type: "agreement", stage, precision, ...agreement, speed });
  // Not `<`: NaN must fail.
  if (!(meanCosine >= LEAST_MEAN_COSINE)) {
    throw new ConfigError(
      `Cannot use precision "${precision}" as embeddings of ${count} photos must have a mean cosine of at least ${LEAST_MEAN_COSINE} to those of float32: it is ${agreement.meanCosine}, and ${agreement.worstCosine} at worst; use --precision float32`,
      "precision",
    );
  }
  return { agreement, speed, values: rounded.values };
}
