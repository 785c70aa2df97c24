/**
 * Calibration stage: the ranges of a backbone's activations on some training photos,
 * with which it is computed in integers of 8 bits.
 *
 * Writes `ranges.json`, by name of the activation. Other photos are embedded with
 * and without them before; if the embeddings differ too much, nothing is written.
 * The manifest says how they agree.
 *
 * @module
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
import { RANGES } from "../backbone/saved_ranges.ts";
import { type DrawnPhotos, drawPhotos } from "../shards/draw_photos.ts";
import { checkRanges, type PhotoAgreement } from "./check_ranges.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { defineStage, type Job, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

/** Name of the file. */
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
  readRanges(): Promise<Ranges>;
}

/** The stage. */
export const CALIBRATION: Stage<"calibration", Calibration> = defineStage({
  name: "calibration",
  version: 1,
  task: "train",
  inputs: INPUTS,
  isWanted: ({ config }) => config.precision === "int8",
  config({ run }) {
    const { normalization } = run.preprocessing;
    const { seed, splitSeed } = run.config;
    return {
      variant: run.backbone.variant,
      normalization: { ...normalization },
      // That of `prepare`: training with another seed needs no other ranges.
      seed: splitSeed ?? seed,
      measured: MEASURED,
      checked: CHECKED,
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
    const records = await index.readRecords();
    const photos = await drawPhotos({ tensors, records }, {
      seed: config.seed,
      count: MEASURED + CHECKED,
    });
    const { count } = photos;
    const total = 2 * count;
    emit({ type: "start", stage, done: 0, total, unit: "images" });
    // With fewer photos some are both measured and checked.
    const measured = slicePhotos(photos, 0, Math.min(count, MEASURED));
    const checked = slicePhotos(photos, Math.max(0, count - CHECKED), count);
    const ranges = await measureRanges(measured, job);
    job.signal.throwIfAborted();
    emit({ type: "progress", stage, done: count, total });
    const { agreement, speed } = await checkRanges(ranges, checked, job);
    const text = `${canonicalJson(ranges)}\n`;
    const bytes = new TextEncoder().encode(text);
    return {
      files: [await files.write(RANGES_FILE, bytes)],
      counts: { measured: measured.count, ...agreement },
      tally: { speed },
    };
  },
  open: (artifact: Artifact): Calibration => ({
    agreement: artifact.manifest.counts as PhotoAgreement,
    async readRanges() {
      const path = artifact.files.path(RANGES_FILE);
      const bytes = await artifact.read(RANGES_FILE);
      return decodeJson(bytes, RANGES, { path, what: "ranges of activations" });
    },
  }),
});
