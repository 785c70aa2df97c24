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
import { readThumbnails } from "../stages/read_thumbnails.ts";
import type { EvaluatedRun } from "./compared_run.ts";
import { requireIndex } from "./complete_index.ts";
import { isDamage } from "./heal.ts";

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
  { session }: EvaluatedRun,
  files: StageFiles,
  rows: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const manifest = await files.requireManifest();
  const { dataset } = await requireIndex(session);
  const records = await dataset.readRecords();
  const source = { tensors: { files, manifest }, records };
  return await readThumbnails(rows, source, session.signal);
}

/**
 * Makes the thumbnails of a comparison from the tensors of the first run.
 *
 * The numbers are worth knowing even where the tensors are gone or damaged: then a
 * warning says so, and there are no thumbnails.
 *
 * @param first The first run.
 * @param comparison What is shown.
 * @returns JPEGs by row in the dataset index; none if the tensors or the index cannot be read.
 */
export async function comparedThumbnails(
  first: EvaluatedRun,
  comparison: Comparison,
): Promise<Thumbnails> {
  const { session } = first;
  const { run, store } = session;
  const work = run.works.tensors!;
  const side = thumbnailSide(work.config.imageSize as number);
  const none = { thumbnails: new Map(), thumbnailSide: side };
  const rows = shownRecords(comparison);
  if (rows.length === 0) return none;
  const files = await StageFiles.open(store, work);
  try {
    return { ...none, thumbnails: await readAll(first, files, rows) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const message =
      `the page has no pictures: ${error.message}; run the task prepare for run "${run.name}" with --verify to have them`;
    session.emit({ type: "warning", stage: "tensors", message });
    return none;
  }
}
