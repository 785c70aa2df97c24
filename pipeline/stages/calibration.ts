/**
 * Calibration stage: what a backbone needs to compute in another precision than F32.
 *
 * Writes `ranges.json`: for integers of 8 bits the ranges of activations on some
 * training photos, by name of the activation; half precision needs none. Other photos
 * are embedded in both precisions before; if the embeddings differ too much, nothing is
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
import { checkPrecision, type PhotoAgreement } from "./check_precision.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { defineStage, type Job, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

export const RANGES_FILE = "ranges.json";

/**
 * Photos that are measured. With 8, 16, 32, 64 and 150 of them the relative error of
 * embeddings of other photos by `tiny` was 0.067, 0.065, 0.058, 0.057 and 0.056.
 */
const MEASURED = 64;

/** Photos that are embedded both ways. */
const CHECKED = 64;

const INPUTS = { index: DATASET_INDEX, tensors: TENSORS };

/** Measures the activations of photos, and chooses ranges. */
async function measureRanges(
  { images, count }: DrawnPhotos,
  job: Job<typeof INPUTS>,
): Promise<Ranges> {
  let names: string[] = [];
  const engine = await job.openBackbone((graph) => {
    names = rangeNames(graph);
    return graph;
  }, { measures: true });
  const rows = await engine.embed(images, { count, views: ["plain"] });
  await engine.close();
  const size = engine.embeddingSize;
  const own = 2 * names.length;
  const measured = new Float32Array(count * own);
  for (let i = 0; i < count; i++) {
    const end = (i + 1) * size;
    measured.set(rows.subarray(end - own, end), i * own);
  }
  return chooseRanges(names, measured);
}

/** Cuts photos out of those that were drawn. */
function slicePhotos(
  { images, count }: DrawnPhotos,
  start: number,
  end: number,
): DrawnPhotos {
  const size = images.length / count;
  return {
    count: end - start,
    images: images.subarray(start * size, end * size),
  };
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
      checked: CHECKED,
    };
    if (precision === "float16") return { ...facts, precision };
    return {
      ...facts,
      measured: MEASURED,
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
      count: isHalf ? CHECKED : MEASURED + CHECKED,
    });
    const { count } = photos;
    const total = isHalf ? count : 2 * count;
    emit({ type: "start", stage, done: 0, total, unit: "images" });
    // With fewer photos some are both measured and checked.
    const measured = slicePhotos(photos, 0, Math.min(count, MEASURED));
    const checked = slicePhotos(photos, Math.max(0, count - CHECKED), count);
    const ranges = isHalf ? {} : await measureRanges(measured, job);
    job.signal.throwIfAborted();
    emit({ type: "progress", stage, done: total - count, total });
    const arithmetic = isHalf ? { half: true } : { ranges };
    const { agreement, speed } = await checkPrecision(arithmetic, checked, job);
    const text = `${canonicalJson(ranges)}\n`;
    const bytes = new TextEncoder().encode(text);
    return {
      files: [await files.write(RANGES_FILE, bytes)],
      counts: { ...!isHalf && { measured: measured.count }, ...agreement },
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
