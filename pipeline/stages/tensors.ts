/**
 * Tensors stage: indexed photos in, shards of equally large images out.
 *
 * Writes `<split>-00000-of-00012.safetensors` with `image` U8 `[n, S, S, 3]`,
 * `label` I32 `[n]`, `record` I32 `[n]` (row in the dataset index) and `digest`
 * U8 `[n, 32]` (SHA-256 of the photo); then `rejected.jsonl`, the photos that were
 * left out here and by the index.
 */

import { z } from "zod";
import { type Artifact, findEntry } from "../artifact/artifact.ts";
import { planShards } from "../artifact/shard_name.ts";
import { strictError } from "../dataset/check_dataset.ts";
import type { Rejection } from "../dataset/image_record.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import { SPLITS } from "../dataset/split.ts";
import { CODEC } from "../image/codec.ts";
import { DATASET_INDEX, INDEX_FILES } from "./dataset_index.ts";
import { defineStage, type Stage } from "./stage.ts";

/** Name of the list of photos that were left out. */
export const REJECTED = "rejected.jsonl";

/** Settings that readers of the shards need. */
const LAYOUT = z.looseObject({
  imageSize: z.int().positive(),
  shardSize: z.int().positive(),
});

/** Tensors of photos. */
export interface Tensors {
  /** Side of an image, in pixels. */
  imageSize: number;
  /** Photos in a shard, before any was left out. */
  shardSize: number;
  /** Reads the photos that were left out, one at a time. */
  streamRejected(): AsyncIterable<Rejection>;
}

function openTensors(artifact: Artifact): Tensors {
  const { imageSize, shardSize } = LAYOUT.parse(artifact.files.work.config);
  const path = artifact.files.path(REJECTED);
  return {
    imageSize,
    shardSize,
    streamRejected: () => streamJsonLines(artifact.stream(REJECTED), path),
  };
}

/** The stage. */
export const TENSORS: Stage<"tensors", Tensors> = defineStage({
  name: "tensors",
  version: 3,
  task: "prepare",
  inputs: { index: DATASET_INDEX },
  isShared: true,
  config({ run: { config, preprocessing } }) {
    const { shardSize } = config;
    return { ...preprocessing.geometry, codec: CODEC, shardSize };
  },
  async digests({ inputs: { index: { files, manifest } } }) {
    // What the index holds, not how it came to be: the same photos need no new tensors.
    const known = manifest ?? await files.requireManifest();
    const digestOf = (name: string) => findEntry(files, known, name).digest;
    const { records, classes, rejected } = INDEX_FILES;
    return {
      records: digestOf(records),
      classes: digestOf(classes),
      rejected: digestOf(rejected),
    };
  },
  async make(job) {
    const { makeTensors } = await import("./make/tensors.ts");
    return await makeTensors(job);
  },
  open: openTensors,
  async checkUsable(tensors, { run: { config } }) {
    // A run that was not strict may have completed it.
    if (!config.strict || !tensors.manifest.counts.rejected) return;
    for await (const rejection of tensors.streamRejected()) {
      throw strictError(rejection);
    }
  },
  async countWanted({ find, work }) {
    const index = await find(DATASET_INDEX);
    const layout = LAYOUT.safeParse(work?.config);
    if (index === undefined || !layout.success) return 0;
    const { shardSize } = layout.data;
    const records = await index.readRecords();
    return SPLITS.map((split) => {
      const rows = records.rowsOf(split).length;
      return planShards(split, { rows, shardSize }).length;
    }).reduce((a, b) => a + b, 0);
  },
});
