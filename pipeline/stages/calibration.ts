/**
 * Calibration stage: what a backbone needs to compute in another precision than F32.
 *
 * Writes `ranges.json`: for integers of 8 bits the ranges of activations on some
 * training photos, by name of the activation; half precision needs none. The photos are
 * embedded in both precisions before; if the embeddings differ too much, nothing is
 * written. The manifest says how they agree.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { decodeJson } from "../artifact/canonical_json.ts";
import { RANGE_SHARE, STEPS_PER_OCTAVE } from "../backbone/ranges.ts";
import { type Arithmetic, RANGES } from "../backbone/arithmetic.ts";
import type { PhotoAgreement } from "./check_precision.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { defineStage, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

export const RANGES_FILE = "ranges.json";

/**
 * Photos that are embedded both ways; those whose activations are measured. Of 60 flowers
 * 0.2 points of top-1 by `tiny` are lost with 64 and 0.5 with 32: docs/precision.md.
 */
export const PHOTOS = 64;

export const INPUTS = { index: DATASET_INDEX, tensors: TENSORS };

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
    const { makeCalibration } = await import("./make/calibration.ts");
    return await makeCalibration(job);
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
