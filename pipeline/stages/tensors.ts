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
import {
  countLabels,
  requireTrainable,
  strictError,
} from "../dataset/check_dataset.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import { type Split, SPLITS } from "../dataset/split.ts";
import { CODEC } from "../image/decode.ts";
import type { FilledShard, ShardJob } from "../shards/fill_shards.ts";
import { fillShare } from "../shards/fill_share.ts";
import { type IndexedRecords, makeImageRows } from "../shards/image_rows.ts";
import { RowCache } from "../shards/row_cache.ts";
import { warnOfSpace } from "../shards/space.ts";
import { DATASET_INDEX, INDEX_FILES } from "./dataset_index.ts";
import { rejecter } from "./rejecter.ts";
import { defineStage, type Stage } from "./stage.ts";

/** Bytes of a row besides its pixels: label, record and digest. */
const ROW_BYTES = 40;

/** Name of the list of photos that were left out. */
const REJECTED = "rejected.jsonl";

/** Settings that readers of the shards need. */
const LAYOUT = z.looseObject({
  imageSize: z.int().positive(),
  shardSize: z.int().positive(),
});

/** Makes the records of some rows, each when it is read. */
function recordsAt(records: ImageRecords, rows: Int32Array): IndexedRecords {
  return {
    length: rows.length,
    *[Symbol.iterator]() {
      for (const row of rows) yield { ...records.at(row), row };
    },
  };
}

/** Counts the samples by split, and refuses what cannot be trained on. */
function countSamples(
  shards: readonly FilledShard[],
  records: ImageRecords,
  options: { classNames: readonly string[]; origin: string },
): Record<Split, number> {
  const { classNames, origin } = options;
  const rows = (function* () {
    for (const shard of shards) yield* shard.records;
  })();
  const counts = countLabels(records, { classCount: classNames.length, rows });
  requireTrainable(counts, classNames, origin);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    train: sum(counts.train),
    validation: sum(counts.validation),
    test: sum(counts.test),
  };
}

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
    const { files, config, inputs: { index }, run, emit, store } = job;
    const { geometry } = run.preprocessing;
    const { stage } = files.work;
    const { store: photos, origin, readsAtOnce } = await job.photos.open();
    let cache: Promise<RowCache> | undefined;
    using preprocessor = job.photos.openPreprocessor(geometry);
    let reused = 0;
    const source = {
      photos,
      readsAtOnce,
      imageSize: geometry.imageSize,
      preprocessor,
      reject: rejecter(job),
      tell: (message: string) => emit({ type: "warning", stage, message }),
      reused: () => void reused++,
    };
    const records = await index.readRecords();
    const jobs = SPLITS.flatMap((split): ShardJob[] => {
      const rows = records.rowsOf(split);
      const plans = planShards(split, {
        rows: rows.length,
        shardSize: config.shardSize,
      });
      return plans.map(({ path, start, end }) => ({
        path,
        images: end - start,
        make: async (progress) =>
          await makeImageRows(recordsAt(records, rows.subarray(start, end)), {
            ...source,
            cache: await (cache ??= RowCache.open(store, files.work)),
            progress,
          }),
      }));
    });
    const rowBytes = geometry.imageSize ** 2 * 3 + ROW_BYTES;
    await warnOfSpace(job, records.length * rowBytes);
    const { seal } = preprocessor;
    const shards = await fillShare(files, jobs, { ...job, seal });
    if (shards === undefined) return undefined;
    for (const { isKept, entry } of shards) if (isKept) reused += entry.rows!;
    const { classNames } = index;
    const samples = countSamples(shards, records, { classNames, origin });
    const rejected: Rejection[] = [
      ...await Array.fromAsync(index.streamRejected()),
      ...shards.flatMap(({ metadata }) => JSON.parse(metadata.rejected!)),
    ];
    const list = await files.write(REJECTED, encodeJsonLines(rejected));
    return {
      files: [...shards.map(({ entry }) => entry), list],
      counts: {
        ...samples,
        rejected: rejected.length,
        classes: classNames.length,
      },
      tally: { reused },
    };
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
