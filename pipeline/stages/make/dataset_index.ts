/** Making a dataset index: every photo is opened once, and the splits are drawn. */

import {
  countLabels,
  describeOtherFiles,
  describeUnusable,
  findWarnings,
  requireTrainable,
} from "../../dataset/check_dataset.ts";
import { encodeClassIndex } from "../../dataset/class_index.ts";
import type { IndexConfig } from "../../dataset/complete_records.ts";
import type { Rejection } from "../../dataset/image_record.ts";
import { ImageRecords } from "../../dataset/image_records.ts";
import { encodeJsonLines } from "../../dataset/json_lines.ts";
import type { Listing } from "../../dataset/listing.ts";
import { type OpenedCandidate, openImages } from "../../dataset/open_images.ts";
import { StageFiles } from "../../artifact/stage_files.ts";
import { photoDecoder } from "../../shards/decode_photos.ts";
import { fillShare } from "../../shards/fill_share.ts";
import {
  openedWork,
  planOpened,
  readOpened,
} from "../../shards/opened_photos.ts";
import { completeWhole } from "../../shards/whole_classes.ts";
import { rejecter } from "../rejecter.ts";
import type { Job, Made } from "../stage.ts";
import { INDEX_FILES } from "../dataset_index.ts";

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
  records.reserve(listing.length);
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

/** Makes the files of the stage that are missing. */
export async function makeDatasetIndex(
  job: Job<unknown, IndexConfig>,
): Promise<Made | undefined> {
  const { files, emit } = job;
  const { stage } = files.work;
  const listing = await job.photos.list();
  const names = listing.classNames;
  const { origin, store, readsAtOnce = 0 } = await job.photos.open();
  const all = await openAll(listing, job);
  if (all === undefined) return undefined;
  const { photos, superfluous } = all;
  const found = await collectPhotos(listing, photos, job);
  const { rejected, turned } = found;
  using preprocessor = await job.openPreprocessor();
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
}
