/**
 * An event of every type, for the tests of the reporter.
 *
 * @module
 */

import type { PipelineEvent } from "../../../mod.ts";

/** An event of one type. */
type Event<T extends PipelineEvent["type"]> = PipelineEvent & { type: T };

/** The stage of most events. */
export const STAGE = "tensors";

/** Directory of its artifacts. */
export const DIRECTORY = "artifacts/tensors-0123456789abcdef";

/** It begins. */
export const START: Event<"start"> = {
  type: "start",
  stage: STAGE,
  done: 0,
  total: 256,
  unit: "images",
};

/** It is done. */
export const COMPLETE: Event<"complete"> = {
  type: "complete",
  stage: STAGE,
  directory: DIRECTORY,
  skipped: false,
};

/** It was done before. */
export const SKIPPED: Event<"complete"> = { ...COMPLETE, skipped: true };

/** Something is odd. */
export const WARNING: Event<"warning"> = {
  type: "warning",
  stage: "dataset-index",
  message: "3 files were left alone",
};

/** A file is made again. */
export const DAMAGED: Event<"damaged"> = {
  type: "damaged",
  stage: STAGE,
  path: `${DIRECTORY}/train-00000-of-00001.safetensors`,
  reason: "its bytes have changed",
};

/** It has to be done again. */
export const STALE: Event<"stale"> = {
  type: "stale",
  stage: STAGE,
  changes: ["imageSize was 96, is 64", "records have changed"],
};

/** An engine is chosen, and another is not. */
export const ENGINE: Event<"engine"> = {
  type: "engine",
  stage: "embeddings",
  name: "wasm",
  description: "2 workers",
  notes: ["webgpu: there is no adapter"],
};

/** Numbers of an epoch without a held-out split. */
export const RECORD = {
  epoch: 3,
  step: 6,
  learningRate: 0.001,
  trainLoss: 1.25,
  trainAccuracy: 0.5,
};

/** An epoch is done. */
export const EPOCH: Event<"epoch"> = {
  type: "epoch",
  stage: "head",
  record: { ...RECORD, validationLoss: 0.123456, validationAccuracy: 1 },
  epochs: 40,
  heldOut: "validation",
};
