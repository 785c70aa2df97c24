/**
 * Stages that a page is made of, in memory.
 *
 * @module
 */

import { Artifact } from "../../pipeline/artifact/artifact.ts";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import type { ManifestFile } from "../../pipeline/artifact/manifest.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import type { Store } from "../../pipeline/artifact/store.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import { computeMetrics } from "../../pipeline/metrics/metrics.ts";
import { scorePhoto } from "../../pipeline/metrics/prediction.ts";
import { TENSORS } from "../../pipeline/stages/tensors.ts";
import { testInput } from "../support/complete_stage.ts";

/** Side of the images, in pixels. */
export const SIDE = 32;

/** Photos in a shard. */
const SHARD_SIZE = 2;

/** Seals a stage of some files. */
async function seal(
  store: Store,
  stage: Work["stage"],
  config: Work["config"],
  contents: Record<string, { bytes: Uint8Array; rows?: number }>,
): Promise<Artifact> {
  const work = { stage, version: 1, config, inputs: {} };
  const files = await StageFiles.open(store, work);
  const described: ManifestFile[] = [];
  for (const [name, { bytes, rows }] of Object.entries(contents)) {
    described.push({ ...await files.write(name, bytes), rows });
  }
  return new Artifact(files, await files.seal(described, {}));
}

/** A tensor shard of images that are as bright as their row in the index. */
function encodeShard(records: readonly number[]): Promise<Uint8Array> {
  const size = SIDE * SIDE * 3;
  const pixels = Uint8Array.from(
    { length: records.length * size },
    (_, i) => 20 * records[Math.floor(i / size)]!,
  );
  return encodeSealed({
    image: toTensor(pixels, [records.length, SIDE, SIDE, 3]),
    record: toTensor(Int32Array.from(records), [records.length]),
  }, {});
}

/** Photos 0 to 9 of two classes; those of even rows are of the validation split. */
export function indexedPhotos(): ImageRecords {
  return new ImageRecords(Array.from({ length: 10 }, (_, i) => ({
    path: `${i}.jpg`,
    sizeBytes: 1,
    digest: "00".repeat(32),
    width: 8,
    height: 8,
    label: Math.floor(i / 5),
    split: i % 2 ? "train" as const : "validation" as const,
  })));
}

/** Tensors of those photos, but for photo 4, which was left out. */
export async function sealTensors(store: Store) {
  const shards: Record<string, number[]> = {
    "train-00000-of-00003.safetensors": [1, 3],
    "train-00001-of-00003.safetensors": [5, 7],
    "train-00002-of-00003.safetensors": [9],
    "validation-00000-of-00003.safetensors": [0, 2],
    "validation-00001-of-00003.safetensors": [6],
    "validation-00002-of-00003.safetensors": [8],
  };
  const contents: Record<string, { bytes: Uint8Array; rows: number }> = {};
  for (const [name, records] of Object.entries(shards)) {
    const rows = records.length;
    contents[name] = { bytes: await encodeShard(records), rows };
  }
  const config = { imageSize: SIDE, shardSize: SHARD_SIZE };
  const artifact = await seal(store, "tensors", config, contents);
  const view = await TENSORS.open(artifact);
  async function* streamRejected() {
    yield { path: "4.jpg", reason: "it is torn" };
  }
  return Object.assign(artifact, { ...view, streamRejected });
}

/** Everything that the stage reads: photos 0, 2, 6 and 8 evaluated, one mistaken. */
export async function reportInputs(store: Store) {
  const records = [0, 2, 6, 8];
  const labels = Int32Array.of(0, 0, 1, 1);
  const logits = Float32Array.of(2, 0, 0, 3, 0, 2, 0, 1);
  const classNames = ["cat", "dog"];
  const predictions = records.map((record, row) => ({
    record,
    path: `${record}.jpg`,
    digest: "00".repeat(32),
    ...scorePhoto(
      logits.subarray(2 * row, 2 * row + 2),
      labels[row]!,
      classNames,
    ),
  }));
  const metrics = computeMetrics({
    logits,
    labels,
    classNames,
    fit: { temperature: null, reason: "none" },
  });
  const history = [{
    epoch: 1,
    step: 1,
    learningRate: 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
  }];
  async function* streamPredictions() {
    yield* predictions;
  }
  async function* streamFindings() {}
  return {
    "dataset-index": await testInput({
      classNames,
      readRecords: () => Promise.resolve(indexedPhotos()),
    }),
    tensors: await sealTensors(store),
    embeddings: await testInput({ readEngines: () => Promise.resolve("cpu") }),
    head: await testInput({
      engine: "wasm",
      history,
      bestEpoch: 1,
      keptEpoch: 1,
    }),
    evaluation: await testInput(
      { split: "validation", metrics, streamPredictions },
      { config: { split: "validation" } },
    ),
    findings: await testInput({ streamFindings }),
    evidence: undefined,
  };
}
