/**
 * Thumbnails of the photos that a comparison shows.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import { SHOWN_PHOTOS } from "../report/compare_page/photos.ts";
import {
  CHANGE_KINDS,
  type Comparison,
} from "../report/comparison/comparison.ts";
import type { Thumbnails } from "../report/page/data.ts";
import { thumbnailSide } from "../report/thumbnail.ts";
import { readThumbnails } from "../shards/pixels.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";
import { TENSORS } from "../stages/tensors.ts";
import { isDamage } from "./heal.ts";
import type { Run } from "./run.ts";

/** Rows of the photos that are shown, in rising order, each once. */
function shownRecords(comparison: Comparison): number[] {
  const records = comparison.pairs.flatMap(({ changed }) =>
    CHANGE_KINDS.flatMap((kind) =>
      changed[kind].photos.slice(0, SHOWN_PHOTOS).map(({ record }) => record)
    )
  );
  return [...new Set(records)].sort((a, b) => a - b);
}

/** Makes thumbnails of photos from the tensors of a run. */
async function readAll(
  run: Run,
  rows: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const tensors = await run.find(TENSORS);
  const index = await run.find(DATASET_INDEX);
  if (tensors === undefined || index === undefined) {
    const { name } = tensors ? DATASET_INDEX : TENSORS;
    const work = run.parts.file.works[name]!;
    const files = await StageFiles.open(run.parts.store, work);
    await files.requireManifest();
    return new Map();
  }
  const records = await index.readRecords();
  return await readThumbnails(rows, { tensors, records }, run.parts.signal);
}

/**
 * Makes the thumbnails of a comparison from the tensors of the first run.
 *
 * The numbers are worth knowing even where the tensors are gone or damaged: then a
 * warning says so, and there are no thumbnails.
 *
 * @returns JPEGs by row in the dataset index; none if the tensors or the index cannot be read.
 */
export async function comparedThumbnails(
  run: Run,
  comparison: Comparison,
): Promise<Thumbnails> {
  const { parts } = run;
  const side = thumbnailSide(parts.preprocessing.geometry.imageSize);
  const none = { thumbnails: new Map(), thumbnailSide: side };
  const rows = shownRecords(comparison);
  if (rows.length === 0) return none;
  try {
    return { ...none, thumbnails: await readAll(run, rows) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const message =
      `the page has no pictures: ${error.message}; run the task prepare for run "${run.name}" with --verify to have them`;
    parts.emit({ type: "warning", stage: "tensors", message });
    return none;
  }
}
