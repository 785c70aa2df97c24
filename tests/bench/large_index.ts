/**
 * A dataset index of any size: writing it, and what the pipeline does with all of
 * it, for benchmarks of memory.
 *
 * Run it as `deno run -A tests/bench/large_index.ts make|read <directory> <count> [shard size]`.
 *
 * @module
 */

import { Sha256 } from "../../pipeline/artifact/sha256.ts";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { planShards } from "../../pipeline/artifact/shard_name.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import type { Store } from "../../pipeline/artifact/store.ts";
import {
  countLabels,
  findWarnings,
} from "../../pipeline/dataset/check_dataset.ts";
import { encodeClassIndex } from "../../pipeline/dataset/class_index.ts";
import type { ImageRecord } from "../../pipeline/dataset/image_record.ts";
import { encodeJsonLines } from "../../pipeline/dataset/json_lines.ts";
import { Listing } from "../../pipeline/dataset/listing.ts";
import { type Split, SPLITS } from "../../pipeline/dataset/split.ts";
import { Artifact } from "../../pipeline/artifact/artifact.ts";
import {
  DATASET_INDEX,
  INDEX_FILES,
} from "../../pipeline/stages/dataset_index.ts";

/** Class names by label. */
const CLASSES = Array.from(
  { length: 1000 },
  (_, label) => `class_${String(label).padStart(3, "0")}`,
);

/** Shares held out. */
const HOLD_OUT = { validation: 0.1, test: 0.1 };

/** Splits by the last digit of the number of a photo: the shares of {@linkcode HOLD_OUT}. */
const HELD: Readonly<Record<number, Split>> = { 0: "test", 1: "validation" };

/** Work that no photos are behind. */
function workOf(count: number): Work {
  const config = { ...HOLD_OUT, count };
  return { stage: "dataset-index", version: 1, config, inputs: {} };
}

/** Makes records as ImageNet has them: a thousand classes, photos of 500×375. */
function* makeRecords(count: number): Generator<ImageRecord> {
  const encoder = new TextEncoder();
  for (let i = 0; i < count; i++) {
    const label = Math.floor(i * CLASSES.length / count);
    const path = `train/${CLASSES[label]}/photo_${i}.jpg`;
    const digest = new Sha256().update(encoder.encode(path)).hex();
    const split = HELD[i % 10] ?? "train";
    const sizeBytes = 100_000 + i % 7919;
    yield { path, sizeBytes, digest, width: 500, height: 375, label, split };
  }
}

/**
 * Writes a dataset index, complete.
 *
 * @param store The work directory.
 * @param count Number of records.
 */
export async function writeLargeIndex(
  store: Store,
  count: number,
): Promise<void> {
  const files = await StageFiles.open(store, workOf(count));
  const { records, classes, rejected } = INDEX_FILES;
  const written = [
    await files.write(records, encodeJsonLines(makeRecords(count))),
    await files.write(classes, encodeClassIndex(CLASSES)),
    await files.write(rejected, encodeJsonLines([])),
  ];
  await files.seal(written, { images: count });
}

/** What was found in an index. */
export interface LargeIndexSummary {
  /** Images of the training split. */
  trainImages: number;
  /** Shards of all splits. */
  shards: number;
  /** What is odd. */
  warnings: string[];
  /** Digest of the photos as a listing. */
  photos: string;
}

/**
 * Does with a dataset index what the tasks do: reads it, counts, looks for
 * copies, plans shards, and digests the photos that it was made from.
 *
 * @param store The work directory.
 * @param count Number of records.
 * @param shardSize Photos per shard.
 * @returns What was found.
 */
export async function readLargeIndex(
  store: Store,
  count: number,
  shardSize = 64,
): Promise<LargeIndexSummary> {
  const files = await StageFiles.open(store, workOf(count));
  const manifest = await files.requireManifest();
  const index = await DATASET_INDEX.open(new Artifact(files, manifest));
  const records = await index.readRecords();
  const { classNames } = index;
  const counts = countLabels(records, { classCount: classNames.length });
  const warnings = findWarnings(records, classNames);
  const shards = SPLITS.flatMap((split) =>
    planShards(split, { rows: records.rowsOf(split).length, shardSize })
  );
  const listing = new Listing(new Map());
  for (const { path, sizeBytes, label } of records) {
    const className = classNames[label]!;
    listing.push({
      path,
      className,
      split: "train",
      sizeBytes,
      modifiedMs: 1.75e12,
    });
  }
  return {
    trainImages: counts.train.reduce((a, b) => a + b),
    shards: shards.length,
    warnings,
    photos: await listing.digest(),
  };
}

if (import.meta.main) {
  const [verb, directory, count, shardSize] = Deno.args;
  const store = new FileStore(directory!);
  if (verb === "make") await writeLargeIndex(store, Number(count));
  // deno-lint-ignore no-console
  else console.log(await readLargeIndex(store, +count!, +(shardSize ?? 64)));
}
