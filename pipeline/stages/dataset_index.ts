/**
 * Dataset-index stage: photos in, image records out.
 *
 * Writes `records.jsonl` (the images, sorted by path), `class_indices.json`
 * (as the old script writes it) and `rejected.jsonl` (the photos that cannot be
 * used, and why).
 *
 * @module
 */

import type { Artifact } from "../artifact/artifact.ts";
import {
  countLabels,
  findWarnings,
  requireTrainable,
  strictError,
} from "../dataset/check_dataset.ts";
import {
  buildClassIndex,
  decodeClassIndex,
  encodeClassIndex,
} from "../dataset/class_index.ts";
import { resolveHoldOut } from "../dataset/hold_out.ts";
import type { ImageRecord, Rejection } from "../dataset/image_record.ts";
import { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import type { Listing } from "../dataset/listing.ts";
import { openImages } from "../dataset/open_images.ts";
import { assignSplit, type HoldOut } from "../dataset/split.ts";
import { defineStage, type Job, type Stage } from "./stage.ts";

/** Names of the files. */
export const INDEX_FILES = {
  records: "records.jsonl",
  classes: "class_indices.json",
  rejected: "rejected.jsonl",
} as const;

/** Opens every photo, and assigns splits where the dataset has none. */
async function indexPhotos(
  listing: Listing,
  classNames: readonly string[],
  job: Job<unknown, HoldOut>,
): Promise<{ records: ImageRecords; rejected: Rejection[] }> {
  const { files: { work: { stage } }, signal, emit, run } = job;
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const records = new ImageRecords();
  const rejected: Rejection[] = [];
  const total = listing.length;
  let done = 0;
  emit({ type: "start", stage, done: 0, total, unit: "images" });
  const all = openImages(listing, await job.photos.open());
  for await (const { candidate, opened } of all) {
    signal.throwIfAborted();
    if ("reason" in opened) {
      rejected.push(opened);
      emit({ type: "rejected", stage, ...opened });
      if (run.config.strict) throw strictError(opened);
    } else {
      const { split: given } = candidate;
      const split = given === undefined || given === "train"
        ? assignSplit(opened.digest, job.config)
        : given;
      const label = labels.get(candidate.className)!;
      records.push({ ...opened, label, split });
    }
    emit({ type: "progress", stage, done: ++done, total });
  }
  return { records, rejected };
}

/** Says that files were left alone, if any were. */
function describeOtherFiles(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return [
    `not an image in a class folder and left alone: "${paths[0]}"${others}`,
  ];
}

/** A dataset index. A list that may have a million lines is read when it is asked for. */
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
  async config({ photos, run }) {
    const { validation, test } = run.config;
    const { splits } = await photos.list();
    return { ...resolveHoldOut(splits, { validation, test }) };
  },
  async digests({ photos }) {
    return { photos: (await photos.list()).digest() };
  },
  async make(job) {
    const { files, emit } = job;
    const listing = await job.photos.list();
    const classNames = buildClassIndex([
      ...listing.classNames,
      ...[...listing.declaredClasses.values()].flatMap((names) => [...names]),
    ]);
    const { records, rejected } = await indexPhotos(listing, classNames, job);
    const classes = classNames.length;
    const counts = countLabels(records, { classCount: classes });
    const { origin } = await job.photos.open();
    const givenSplits = listing.splits;
    requireTrainable(counts, classNames, { givenSplits, origin });
    const warnings = [
      ...findWarnings(records, classNames),
      ...describeOtherFiles(listing.otherFiles),
    ];
    const { stage } = files.work;
    for (const message of warnings) emit({ type: "warning", stage, message });
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
      },
    };
  },
  open: openIndex,
  async accept(index, { config }) {
    // A run that was not strict may have completed it.
    if (!config.strict) return;
    for await (const rejection of index.streamRejected()) {
      throw strictError(rejection);
    }
  },
});
