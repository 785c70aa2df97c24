/**
 * Tensors stage: indexed photos in, shards of equally large images out.
 *
 * Writes `<split>-00000-of-00012.safetensors` with `image` U8 `[n, S, S, 3]`,
 * `label` I32 `[n]`, `record` I32 `[n]` (row in the dataset index) and `digest`
 * U8 `[n, 32]` (SHA-256 of the photo); then `rejected.jsonl`, everything that
 * was left out here and by the index; then the manifest.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { planShards } from "../artifact/shard_name.ts";
import {
  countLabels,
  requireTrainable,
  strictError,
} from "../dataset/check_dataset.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import { type Split, SPLITS } from "../dataset/split.ts";
import { CODEC } from "../image/decode.ts";
import type { Geometry } from "../image/preprocessing.ts";
import {
  type OpenPreprocessor,
  preprocessHere,
} from "../image/preprocessor.ts";
import type { StageContext } from "./context.ts";
import { type DatasetIndex, INDEX_FILES } from "./read_index.ts";
import { type FilledShard, fillShards, type ShardJob } from "./fill_shards.ts";
import { type IndexedRecord, makeImageRows } from "./image_rows.ts";
import { RowCache } from "./row_cache.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the shards. Raise it when the same photos give other bytes. */
export const TENSORS_VERSION = 3;

/** What the stage works on. */
export interface TensorsOptions {
  /** What is in the dataset index. */
  dataset: DatasetIndex;
  /** Opens the folder of photos; called only if there is something to make. */
  openPhotos: () => Promise<DatasetSource>;
  /** What decides the pixels. */
  geometry: Geometry;
  /** Whether the first photo that cannot be used stops the stage. */
  strict: boolean;
  /**
   * Opens what makes square images of photos.
   *
   * @default {preprocessHere}
   */
  openPreprocessor?: OpenPreprocessor | undefined;
}

/** The complete stage, and how much of it was there before. */
export interface TensorsResult extends StageResult {
  /** Images taken from earlier artifacts. */
  reused: number;
}

/**
 * Names the work of the stage.
 *
 * @param index The dataset index, complete.
 * @param options The geometry, and how many photos go into a shard.
 * @returns Everything that decides the bytes of the stage.
 */
export function planTensors(
  index: StageResult,
  options: { geometry: Geometry; shardSize: number },
): Work {
  const digestOf = (name: string) =>
    index.manifest.files.find(({ path }) => path === name)!.digest;
  const { geometry, shardSize } = options;
  return {
    stage: "tensors",
    version: TENSORS_VERSION,
    config: { ...geometry, codec: CODEC, shardSize },
    inputs: {
      records: digestOf(INDEX_FILES.records),
      classes: digestOf(INDEX_FILES.classes),
      rejected: digestOf(INDEX_FILES.rejected),
    },
  };
}

/** Makes the records of some rows. */
function recordsAt(records: ImageRecords, rows: Int32Array): IndexedRecord[] {
  return Array.from(rows, (row) => ({ ...records.at(row), row }));
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
  requireTrainable(counts, classNames, { givenSplits: new Set(), origin });
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    train: sum(counts.train),
    validation: sum(counts.validation),
    test: sum(counts.test),
  };
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planTensors}.
 * @param options What the stage works on.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 * @throws {DatasetError} If a photo is not what was indexed, if `strict` and one cannot be used, or if a class is left without a training image.
 */
export async function writeTensors(
  work: Work,
  options: TensorsOptions,
  context: StageContext,
): Promise<TensorsResult> {
  const { dataset, geometry, strict } = options;
  const shardSize = work.config.shardSize as number;
  let reused = 0;
  const result = await runStage(work, context, async (files) => {
    const { store: photos, origin } = await options.openPhotos();
    const cache = await RowCache.open(context.store, work);
    const { openPreprocessor = preprocessHere } = options;
    using preprocessor = openPreprocessor(geometry);
    const reject = (rejection: Rejection) => {
      context.emit({ type: "rejected", stage: work.stage, ...rejection });
      if (strict) throw strictError(rejection);
    };
    const records = await dataset.readRecords();
    const jobs = SPLITS.flatMap((split): ShardJob[] => {
      const rows = records.rowsOf(split);
      return planShards(split, { rows: rows.length, shardSize }).map(
        ({ path, start, end }) => ({
          path,
          images: end - start,
          make: (progress) =>
            makeImageRows(recordsAt(records, rows.subarray(start, end)), {
              photos,
              imageSize: geometry.imageSize,
              preprocessor,
              cache,
              reject,
              progress,
              reused: () => reused++,
            }),
        }),
      );
    });
    const shards = await fillShards(files, jobs, context);
    for (const { isKept, entry } of shards) if (isKept) reused += entry.rows!;
    const { classNames } = dataset;
    const samples = countSamples(shards, records, { classNames, origin });
    const rejected: Rejection[] = [
      ...await Array.fromAsync(dataset.streamRejected()),
      ...shards.flatMap(({ metadata }) => JSON.parse(metadata.rejected!)),
    ];
    const list = await files.write(
      INDEX_FILES.rejected,
      encodeJsonLines(rejected),
    );
    const classes = classNames.length;
    return {
      files: [...shards.map(({ entry }) => entry), list],
      counts: { ...samples, rejected: rejected.length, classes },
    };
  });
  if (strict) await requireNoRejection(result);
  return { ...result, reused };
}

/** Throws if a photo was left out, now or by an earlier run that was not strict. */
async function requireNoRejection(tensors: StageResult): Promise<void> {
  const { files, manifest } = tensors;
  if (!manifest.counts.rejected) return;
  const file = manifest.files
    .find(({ path }) => path === INDEX_FILES.rejected)!;
  const parts = files.stream(file);
  const lines = streamJsonLines<Rejection>(parts, files.path(file.path));
  for await (const rejection of lines) throw strictError(rejection);
}
