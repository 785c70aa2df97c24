/**
 * Dataset-index stage: photos in, image records out.
 *
 * Writes `records.jsonl` (the images, sorted by path), `class_indices.json`
 * (as the old script writes it) and `rejected.jsonl` (the photos that cannot be
 * used, and why).
 */

import type { Artifact } from "../artifact/artifact.ts";
import { strictError } from "../dataset/check_dataset.ts";
import { decodeClassIndex } from "../dataset/class_index.ts";
import type { IndexConfig } from "../dataset/complete_records.ts";
import { resolveHoldOut } from "../dataset/hold_out.ts";
import type { ImageRecord, Rejection } from "../dataset/image_record.ts";
import { ImageRecords } from "../dataset/image_records.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import { FormatError } from "../errors.ts";
import { defineStage, type Stage } from "./stage.ts";

/** Names of the files. */
export const INDEX_FILES = {
  records: "records.jsonl",
  classes: "class_indices.json",
  rejected: "rejected.jsonl",
} as const;

/** Why version 0.1.0 left out photos that can be used now: their index is made again. */
const REFUSED_BEFORE = /^(BMP|WebP|TIFF|HEIC or AVIF) cannot be decoded; /;

/** A dataset index. Its lists may have a million lines and are read only on demand. */
export interface DatasetIndex {
  /** Class names by label. */
  classNames: string[];
  /** Reads the images once, sorted by path, in some 110 bytes each. */
  readRecords(): Promise<ImageRecords>;
  /** Reads the photos that cannot be used, one at a time. */
  streamRejected(): AsyncIterable<Rejection>;
}

async function openIndex(artifact: Artifact): Promise<DatasetIndex> {
  const { records, classes, rejected } = INDEX_FILES;
  const stream = <T>(name: string) =>
    streamJsonLines<T>(artifact.stream(name), artifact.files.path(name));
  for (const name of [records, rejected]) {
    // Every byte is checked here, so that later readers may trust a line.
    for await (const _ of artifact.stream(name));
  }
  const readAll = async () => {
    const found = new ImageRecords();
    // Old manifests have no seal; a line has at least its digest of 64 characters.
    const most = Math.floor(artifact.entry(records).sizeBytes / 64);
    const { images = 0 } = artifact.manifest.counts;
    found.reserve(Math.min(Math.trunc(images), most));
    for await (const record of stream<ImageRecord>(records)) found.push(record);
    return found;
  };
  let reading: Promise<ImageRecords> | undefined;
  return {
    classNames: decodeClassIndex(
      await artifact.read(classes),
      artifact.files.path(classes),
    ),
    readRecords: () => reading ??= readAll(),
    streamRejected: () => stream(rejected),
  };
}

/**
 * The stage.
 *
 * Its fingerprint covers path, size and time of change of every photo, so that one
 * edited in place is noticed without reading any. Later stages depend on the digest
 * of the bytes.
 */
export const DATASET_INDEX: Stage<"dataset-index", DatasetIndex> = defineStage({
  name: "dataset-index",
  version: 1,
  task: "prepare",
  inputs: {},
  isShared: true,
  async config({ photos, run }): Promise<IndexConfig> {
    const { validation, test, strict, splitSeed, seed } = run.config;
    const { splits, emptyClasses } = await photos.list();
    if (strict && emptyClasses.length > 0) {
      throw strictError({
        path: emptyClasses[0]!,
        reason: "there is no photo in the folder of this class",
      });
    }
    const holdOut = resolveHoldOut(splits, { validation, test });
    const isDrawn = holdOut.validation + holdOut.test > 0;
    return isDrawn
      ? { ...holdOut, draw: "exactly, by class", seed: splitSeed ?? seed }
      : { ...holdOut };
  },
  async digests({ photos }) {
    return { photos: await (await photos.list()).digest() };
  },
  async make(job) {
    const { makeDatasetIndex } = await import("./make/dataset_index.ts");
    return await makeDatasetIndex(job);
  },
  open: openIndex,
  async checkUsable(index, check) {
    const { run: { config }, verify = false } = check;
    if (verify && index.skipped) {
      const { requireSamePhotos } = await import("./index_photos.ts");
      await requireSamePhotos(index, check);
    }
    for await (const rejection of index.streamRejected()) {
      if (REFUSED_BEFORE.test(rejection.reason)) {
        const path = index.files.path(INDEX_FILES.rejected);
        throw new FormatError(
          `Cannot keep "${path}" as "${rejection.path}" is in a format that can be decoded now`,
          { path },
        );
      }
      // A run that was not strict may have completed it.
      if (config.strict) throw strictError(rejection);
    }
  },
});
