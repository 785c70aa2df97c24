/** Making a calibration: activations of photos are measured, and both precisions compared. */

import { canonicalJson } from "../../artifact/canonical_json.ts";
import {
  chooseRanges,
  rangeNames,
  type Ranges,
} from "../../backbone/ranges.ts";
import { type DrawnPhotos, drawPhotos } from "../../shards/draw_photos.ts";
import { checkPrecision } from "../check_precision.ts";
import type { Job, Made } from "../stage.ts";
import { type INPUTS, PHOTOS, RANGES_FILE } from "../calibration.ts";

/** Numbers of the photos, made by an engine in F32. */
interface Measured {
  ranges: Ranges;
  /** Their embeddings, F32 `[count, D]`. */
  exact: Float32Array;
}

/** Embeds photos in F32, measures their activations, and chooses ranges. */
async function measure(
  { images, count }: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<Measured> {
  let names: string[] = [];
  const engine = await job.openBackbone({
    change: (graph) => {
      names = rangeNames(graph);
      return graph;
    },
    arithmetic: { measures: true },
    keepsWeights: true,
  });
  const rows = await engine.embed(images, { count, views: ["plain"] });
  await engine.close();
  const own = 2 * names.length;
  const size = engine.embeddingSize - own;
  const exact = new Float32Array(count * size);
  const extremes = new Float32Array(count * own);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * (size + own), (i + 1) * (size + own));
    exact.set(row.subarray(0, size), i * size);
    extremes.set(row.subarray(size), i * own);
  }
  const ranges = chooseRanges(names, extremes);
  return { ranges, exact };
}

/** Embeds photos in F32, for half precision, which needs no ranges. */
async function embedExact(
  { images, count }: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<Measured> {
  const engine = await job.openBackbone({ keepsWeights: true });
  const exact = await engine.embed(images, { count, views: ["plain"] });
  await engine.close();
  return { ranges: {}, exact };
}

/** Makes the files of the stage that are missing. */
export async function makeCalibration(
  job: Job<typeof INPUTS, { seed: number }>,
): Promise<Made | undefined> {
  const { files, config, emit, inputs: { index, tensors } } = job;
  const { stage } = files.work;
  const isHalf = "precision" in config;
  const records = await index.readRecords();
  const photos = await drawPhotos({ tensors, records }, {
    seed: config.seed,
    count: PHOTOS,
  });
  const { count } = photos;
  const total = isHalf ? count : 2 * count;
  emit({ type: "start", stage, done: 0, total, unit: "images" });
  const { ranges, exact } = isHalf
    ? await embedExact(photos, job)
    : await measure(photos, job);
  job.signal.throwIfAborted();
  emit({ type: "progress", stage, done: total - count, total });
  const arithmetic = isHalf ? { half: true } : { ranges };
  const rounder = await job.openBackbone({ arithmetic });
  const own = { ...photos, exact };
  const { agreement, values } = await checkPrecision(rounder, own, job);
  // The embeddings are made in the same way; those of integers in any batch.
  job.handOn(rounder, isHalf ? undefined : { ...photos, values });
  const text = `${canonicalJson(ranges)}\n`;
  const bytes = new TextEncoder().encode(text);
  return {
    files: [await files.write(RANGES_FILE, bytes)],
    counts: { ...!isHalf && { measured: count }, ...agreement },
  };
}
