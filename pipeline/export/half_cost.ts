/**
 * What half precision costs: top-1 accuracy of the evaluated split with rounded
 * weights, on the engine of the run.
 */

import type { Backbone } from "../backbone/fold.ts";
import { openEmbedder } from "../backends/open_backend.ts";
import { headLogits } from "../evidence/head_logits.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { topKLabels } from "../metrics/top_k.ts";
import type { RunParts } from "../run/events.ts";
import { readPixels } from "../shards/pixels.ts";
import type { HalfCost } from "./check.ts";
import type { EvaluatedRun } from "./evaluated_run.ts";

/** Name of the work, for events. */
const STAGE = "half precision";

/** Collects the photos of a split into batches. */
async function* readBatches(
  { embeddings, pixels }: EvaluatedRun,
  batchSize: number,
): AsyncGenerator<{ images: Uint8Array; labels: number[] }> {
  const { count } = embeddings;
  const rows = Array.from(
    { length: count },
    (_, row) => embeddings.record(row),
  );
  let images = new Uint8Array(0);
  let labels: number[] = [];
  for await (const { record, pixels: own } of readPixels(rows, pixels)) {
    if (labels.length === 0) images = new Uint8Array(batchSize * own.length);
    images.set(own, labels.length * own.length);
    labels.push(pixels.records.label(record));
    if (labels.length < batchSize) continue;
    yield { images, labels };
    labels = [];
  }
  const size = images.length / batchSize;
  if (labels.length > 0) {
    yield { images: images.slice(0, labels.length * size), labels };
  }
}

/**
 * Measures what half precision costs.
 *
 * @param rounded Backbone and head with rounded kernels; the weights of the backbone are handed over.
 * @throws {BackendUnavailableError} If no engine runs the backbone.
 */
export async function measureHalf(
  evaluated: EvaluatedRun,
  rounded: { network: Backbone; head: SavedHead },
  { file, emit, signal }: RunParts,
): Promise<HalfCost> {
  const { metrics } = evaluated;
  const { network, head } = rounded;
  const { opened, notes } = await openEmbedder(file.config.engine, network);
  const { name, description, batchSize } = opened;
  emit({ type: "engine", stage: STAGE, name, description, notes });
  const total = evaluated.embeddings.count;
  emit({ type: "start", stage: STAGE, done: 0, total, unit: "images" });
  const compute = headLogits(head);
  const { classes: classCount, inputs } = head.shape;
  let [photos, right] = [0, 0];
  try {
    for await (const { images, labels } of readBatches(evaluated, batchSize)) {
      signal.throwIfAborted();
      const count = labels.length;
      const rows = await opened.embed(images, { count, views: ["plain"] });
      labels.forEach((label, i) => {
        const own = rows.subarray(i * inputs, (i + 1) * inputs);
        const [best] = topKLabels(compute(own), { classCount, k: 1 });
        if (best === label) right++;
      });
      photos += count;
      emit({ type: "progress", stage: STAGE, done: photos, total });
    }
  } finally {
    await opened.close();
  }
  return { photos, top1Before: metrics.top1, top1After: right / photos };
}
