/**
 * The stages that the evidence reads, in memory.
 *
 * @module
 */

import { Artifact } from "../../pipeline/artifact/artifact.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import type { Embedder } from "../../pipeline/backends/backend.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import {
  encodeJsonLines,
  streamJsonLines,
} from "../../pipeline/dataset/json_lines.ts";
import type { SavedHead } from "../../pipeline/head/checkpoint.ts";
import {
  checkPredictions,
  type Prediction,
} from "../../pipeline/metrics/prediction.ts";
import { PREDICTIONS } from "../../pipeline/stages/evaluation.ts";
import { TENSORS } from "../../pipeline/stages/tensors.ts";
import type { MemoryStore } from "../support/memory_store.ts";

/** Class names by label. */
export const CLASSES = ["cat", "dog"];

/** Pixels of a photo, U8 `[2, 2, 3]`: its record in the first, 1 in the last. */
export function pixelsOf(record: number): Uint8Array {
  return Uint8Array.of(record, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}

/** Index of photos; the records 2 to 7 are for test, the others to train on. */
export function testRecords(): ImageRecords {
  return new ImageRecords(
    Array.from({ length: 10 }, (_, i) => ({
      path: `${i}.jpg`,
      sizeBytes: 1,
      digest: "00".repeat(32),
      width: 1,
      height: 1,
      label: 0,
      split: i > 1 && i < 8 ? "test" : "train",
    })),
  );
}

/** A prediction of class `cat`. */
export function predict(
  record: number,
  name: string,
  loss: number,
): Prediction {
  return {
    record,
    path: `${record}.jpg`,
    digest: "00".repeat(32),
    true: name,
    loss,
    top5: [
      { class: "cat", probability: 0.75 },
      { class: "dog", probability: 0.25 },
    ],
  };
}

/** Writes predictions as an evaluation does. */
export async function testEvaluation(
  store: MemoryStore,
  values: readonly unknown[],
) {
  const work = { stage: "evaluation", version: 0, config: {}, inputs: {} };
  const files = await StageFiles.open(store, work);
  const entry = await files.write(PREDICTIONS, encodeJsonLines(values));
  const artifact = new Artifact(files, await files.seal([entry], {}));
  const path = files.path(PREDICTIONS);
  const streamPredictions = () =>
    checkPredictions(
      streamJsonLines(artifact.stream(PREDICTIONS), path),
      path,
    );
  return Object.assign(artifact, { streamPredictions });
}

/** Writes the test split as the tensors stage does, two photos a shard; record 4 was rejected. */
export async function testTensors(store: MemoryStore) {
  const config = { imageSize: 2, shardSize: 2 };
  const work = { stage: "tensors", version: 0, config, inputs: {} };
  const files = await StageFiles.open(store, work);
  const entries = [];
  for (const [i, rows] of [[2, 3], [5], [6, 7]].entries()) {
    const pixels = Uint8Array.from(rows.flatMap((row) => [...pixelsOf(row)]));
    const tensors = {
      image: toTensor(pixels, [rows.length, 2, 2, 3]),
      record: toTensor(Int32Array.from(rows), [rows.length]),
    };
    const bytes = await encodeSealed(tensors, {});
    const name = `test-0000${i}-of-00003.safetensors`;
    const entry = await files.write(name, bytes);
    entries.push({ ...entry, rows: rows.length });
  }
  const artifact = new Artifact(files, await files.seal(entries, {}));
  return Object.assign(artifact, await TENSORS.open(artifact));
}

/** A head of three features: `cat` is the first less the last, `dog` is the last. */
export const HEAD: SavedHead = {
  shape: { inputs: 3, hidden: 0, classes: 2, activation: "linear" },
  parameters: {
    "dense1.kernel": Float32Array.of(1, 0, 0, 0, -1, 1),
    "dense1.bias": Float32Array.of(0, 0),
  },
  metadata: {},
};

/** An engine whose feature map is the pixels, F32 `[2, 2, 3]`; two photos a batch. */
export function testEngine(): Embedder & { batches: number[] } {
  const batches: number[] = [];
  return {
    name: "wasm",
    description: "a test",
    embeddingSize: 12,
    batchSize: 2,
    batches,
    embed(images, { count }) {
      batches.push(count);
      return Promise.resolve(Float32Array.from(images));
    },
    close: () => Promise.resolve(),
  };
}
