/**
 * Dataset-index stage: photos in, image records out.
 *
 * Writes `records.jsonl` (the images, sorted by path), `class_indices.json`
 * (as the old script writes it) and `rejected.jsonl` (the photos that cannot be
 * used, and why).
 */

import type { Artifact } from "../artifact/artifact.ts";
import {
  countLabels,
  describeOtherFiles,
  describeUnusable,
  findWarnings,
  requireTrainable,
  strictError,
} from "../dataset/check_dataset.ts";
import { decodeClassIndex, encodeClassIndex } from "../dataset/class_index.ts";
import type { IndexConfig } from "../dataset/complete_records.ts";
import { resolveHoldOut } from "../dataset/hold_out.ts";
import type { ImageRecord, Rejection } from "../dataset/image_record.ts";
import { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import type { Listing } from "../dataset/listing.ts";
import { type OpenedCandidate, openImages } from "../dataset/open_images.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { FormatError } from "../errors.ts";
import { photoDecoder } from "../shards/decode_photos.ts";
import { fillShare } from "../shards/fill_share.ts";
import { openedWork, planOpened, readOpened } from "../shards/opened_photos.ts";
import { completeWhole } from "../shards/whole_classes.ts";
import { requireSamePhotos } from "./index_photos.ts";
import { rejecter } from "./rejecter.ts";
import { defineStage, type Job, type Stage } from "./stage.ts";

/** Names of the files. */
export const INDEX_FILES = {
  records: "records.jsonl",
  classes: "class_indices.json",
  rejected: "rejected.jsonl",
} as const;

/** Why version 0.1.0 left out photos that can be used now: their index is made again. */
const REFUSED_BEFORE = /^(BMP|WebP|TIFF|HEIC or AVIF) cannot be decoded; /;

/**
 * Opens every photo, or takes what other tasks found: they read the photos, and this
 * one those shards; later it decodes at least one photo of each class.
 *
 * @returns The photos, in the order of the listing, and the shards, which the index makes superfluous; `undefined` if this task opened its part.
 */
async function openAll(
  listing: Listing,
  job: Job<unknown, IndexConfig>,
): Promise<
  | { photos: AsyncIterable<OpenedCandidate>; superfluous: string[] }
  | undefined
> {
  const { share, store, files: { work } } = job;
  const source = await job.photos.open();
  if (share === undefined) {
    return { photos: openImages(listing, source), superfluous: [] };
  }
  const files = await StageFiles.open(store, openedWork(work));
  const jobs = planOpened(listing, source, rejecter(job));
  const shards = await fillShare(files, jobs, job);
  if (shards === undefined) return undefined;
  return {
    photos: readOpened(files, shards, listing),
    superfluous: jobs.map(({ path }) => files.path(path)),
  };
}

/** Collects the photos; a split that is to be drawn is `train` so far. */
async function collectPhotos(
  listing: Listing,
  all: AsyncIterable<OpenedCandidate>,
  job: Job<unknown, IndexConfig>,
): Promise<{
  records: ImageRecords;
  rejected: Rejection[];
  turned: number;
}> {
  const { files: { work: { stage } }, signal, emit } = job;
  const reject = rejecter(job);
  const labels = new Map(listing.classNames.map((name, i) => [name, i]));
  const records = new ImageRecords();
  const rejected: Rejection[] = [];
  const total = listing.length;
  let done = 0;
  let turned = 0;
  emit({ type: "start", stage, done: 0, total, unit: "images" });
  for await (const { candidate, opened } of all) {
    signal.throwIfAborted();
    if ("reason" in opened) {
      rejected.push(opened);
      reject(opened);
    } else {
      const { split = "train", className } = candidate;
      records.push({ ...opened, label: labels.get(className)!, split });
      if (opened.orientation > 1) turned++;
    }
    emit({ type: "progress", stage, done: ++done, total });
  }
  return { records, rejected, turned };
}

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
    for await (const record of stream<ImageRecord>(records)) {
      found.push(record);
    }
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
    return { photos: (await photos.list()).digest() };
  },
  async make(job) {
    const { files, emit, run } = job;
    const { stage } = files.work;
    const listing = await job.photos.list();
    const names = listing.classNames;
    const { origin, store, readsAtOnce = 0 } = await job.photos.open();
    const all = await openAll(listing, job);
    if (all === undefined) return undefined;
    const { photos, superfluous } = all;
    const found = await collectPhotos(listing, photos, job);
    const { rejected, turned } = found;
    const { geometry } = run.preprocessing;
    using preprocessor = job.photos.openPreprocessor(geometry);
    const tell = (message: string) => emit({ type: "warning", stage, message });
    const { records, classNames } = await completeWhole(
      found.records,
      names,
      job.config,
      {
        decode: photoDecoder({ photos: store, preprocessor, tell }),
        atOnce: Math.max(preprocessor.atOnce, readsAtOnce),
        signal: job.signal,
        reject(rejection) {
          rejected.push(rejection);
          rejecter(job)(rejection);
        },
      },
    );
    const classes = classNames.length;
    const usable = new Set(classNames);
    const unusable = names.filter((name) => !usable.has(name));
    // Before what is left may be refused.
    const notes = [
      ...listing.notes,
      ...describeOtherFiles(listing.otherFiles),
      ...unusable.length > 0 ? [describeUnusable(unusable)] : [],
    ];
    notes.forEach(tell);
    const counts = countLabels(records, { classCount: classes });
    requireTrainable(counts, classNames, origin, rejected);
    findWarnings(records, classNames).forEach(tell);
    return {
      files: [
        await files.write(INDEX_FILES.records, encodeJsonLines(records)),
        await files.write(INDEX_FILES.classes, encodeClassIndex(classNames)),
        await files.write(INDEX_FILES.rejected, encodeJsonLines(rejected)),
      ],
      counts: {
        images: records.length,
        rejected: rejected.length,
        classes,
        // Photos whose EXIF orientation is not upright.
        ...turned > 0 && { turned },
      },
      superfluous,
    };
  },
  open: openIndex,
  async checkUsable(index, check) {
    const { run: { config }, verify = false } = check;
    if (verify && index.skipped) await requireSamePhotos(index, check);
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
