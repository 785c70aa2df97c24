/**
 * Calibration stage: what a backbone needs to compute in another precision than F32.
 *
 * Writes `ranges.json`: for integers of 8 bits the ranges of activations on some
 * training photos, by name of the activation; half precision needs none. The photos are
 * embedded in both precisions before; if the embeddings differ too much, nothing is
 * written. The manifest says how they agree.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { canonicalJson, decodeJson } from "../artifact/canonical_json.ts";
import {
  chooseRanges,
  RANGE_SHARE,
  rangeNames,
  type Ranges,
  STEPS_PER_OCTAVE,
} from "../backbone/ranges.ts";
import { type Arithmetic, RANGES } from "../backbone/arithmetic.ts";
import { type DrawnPhotos, drawPhotos } from "../shards/draw_photos.ts";
import {
  checkPrecision,
  embedTimed,
  type PhotoAgreement,
} from "./check_precision.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { defineStage, type Job, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

export const RANGES_FILE = "ranges.json";

/**
 * Photos that are embedded both ways; those whose activations are measured. With 8, 16,
 * 32, 64 and 150 of them the relative error of embeddings of other photos by `tiny` was
 * 0.067, 0.065, 0.058, 0.057 and 0.056.
 */
const PHOTOS = 64;

/** Photos that the time in F32 is measured with, where it is not measured anyway. */
const TIMED = 4;

const INPUTS = { index: DATASET_INDEX, tensors: TENSORS };

/** Numbers of the photos, made by an engine in F32. */
interface Measured {
  ranges: Ranges;
  /** Their embeddings, and the time that one takes. */
  exact: { values: Float32Array; milliseconds: number };
}

/** Measures the time of a photo in F32. The engine that measures activations takes longer. */
async function timeExact(
  { images, count }: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<number> {
  const timed = Math.min(count, TIMED);
  const few = images.subarray(0, images.length / count * timed);
  const engine = await job.openBackbone(undefined, {}, true);
  const photos = { images: few, count: timed };
  const { milliseconds } = await embedTimed(engine, photos, job);
  await engine.close();
  return milliseconds;
}

/** Embeds photos in F32, measures their activations, and chooses ranges. */
async function measure(
  photos: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<Measured> {
  const { images, count } = photos;
  const milliseconds = await timeExact(photos, job);
  job.signal.throwIfAborted();
  let names: string[] = [];
  const engine = await job.openBackbone(
    (graph) => {
      names = rangeNames(graph);
      return graph;
    },
    { measures: true },
    true,
  );
  const rows = await engine.embed(images, { count, views: ["plain"] });
  await engine.close();
  const own = 2 * names.length;
  const size = engine.embeddingSize - own;
  const values = new Float32Array(count * size);
  const extremes = new Float32Array(count * own);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * (size + own), (i + 1) * (size + own));
    values.set(row.subarray(0, size), i * size);
    extremes.set(row.subarray(size), i * own);
  }
  const ranges = chooseRanges(names, extremes);
  return { ranges, exact: { values, milliseconds } };
}

/** Embeds photos in F32, for half precision, which needs no ranges. */
async function embedExact(
  photos: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<Measured> {
  const engine = await job.openBackbone(undefined, {}, true);
  const exact = await embedTimed(engine, photos, job);
  await engine.close();
  return { ranges: {}, exact };
}

/** Ranges of activations. */
export interface Calibration {
  /** How embeddings agree that are computed with them and without. */
  agreement: PhotoAgreement;
  /** Reads them. */
  readArithmetic(): Promise<Arithmetic>;
}

export const CALIBRATION: Stage<"calibration", Calibration> = defineStage({
  name: "calibration",
  version: 1,
  task: "train",
  inputs: INPUTS,
  isWanted: ({ config }) => config.precision !== "float32",
  config({ run }) {
    const { normalization } = run.preprocessing;
    const { seed, splitSeed, precision } = run.config;
    const facts = {
      variant: run.backbone.variant,
      normalization: { ...normalization },
      // That of `prepare`: training with another seed needs no other ranges.
      seed: splitSeed ?? seed,
    };
    if (precision === "float16") {
      return { ...facts, checked: PHOTOS, precision };
    }
    return {
      ...facts,
      measured: PHOTOS,
      method:
        `extremes of ${RANGE_SHARE} of the photos, ${STEPS_PER_OCTAVE} steps an octave`,
    };
  },
  async digests({ inputs: { tensors }, backboneDigest }) {
    const { fingerprint } = tensors.files;
    return { tensors: fingerprint, backbone: await backboneDigest() };
  },
  async make(job) {
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
    const rounder = await job.openBackbone(undefined, arithmetic);
    const own = { ...photos, exact };
    const { agreement, speed } = await checkPrecision(rounder, own, job);
    // The embeddings are made in the same way.
    job.handOn(rounder);
    const text = `${canonicalJson(ranges)}\n`;
    const bytes = new TextEncoder().encode(text);
    return {
      files: [await files.write(RANGES_FILE, bytes)],
      counts: { ...!isHalf && { measured: count }, ...agreement },
      tally: { speed },
    };
  },
  open: (artifact: Artifact): Calibration => ({
    agreement: artifact.manifest.counts as PhotoAgreement,
    async readArithmetic() {
      if ("precision" in artifact.files.work.config) return { half: true };
      const path = artifact.files.path(RANGES_FILE);
      const bytes = await artifact.read(RANGES_FILE);
      const what = "ranges of activations";
      return { ranges: decodeJson(bytes, RANGES, { path, what }) };
    },
  }),
});
