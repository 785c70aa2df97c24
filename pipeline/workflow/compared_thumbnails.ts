/**
 * Thumbnails of the photos that a comparison shows.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import {
  SHOWN_PHOTOS,
  type Thumbnails,
} from "../report/compare_page/photos.ts";
import {
  CHANGE_KINDS,
  type Comparison,
} from "../report/comparison/comparison.ts";
import { encodeThumbnail, thumbnailSide } from "../report/thumbnail.ts";
import { readPixels } from "../stages/tensor_pixels.ts";
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

/** Reads photos of the split of a run from its tensors: U8 `[n, S, S, 3]`. */
async function readPhotos(
  { session, split }: EvaluatedRun,
  files: StageFiles,
  rows: readonly number[],
): Promise<Uint8Array> {
  const manifest = await files.requireManifest();
  const index = await requireIndex(session);
  const records = await index.dataset.readRecords();
  return await readPixels({ files, manifest }, { records, split, rows });
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
  const imageSize = work.config.imageSize as number;
  const side = thumbnailSide(imageSize);
  const images = new Map<number, Uint8Array>();
  const rows = shownRecords(comparison);
  if (rows.length === 0) return { side, images };
  const files = await StageFiles.open(store, work);
  const pixels = await readPhotos(first, files, rows).catch((error) => {
    if (!isDamage(error)) throw error;
    const message =
      `the page has no pictures: ${error.message}; run the task prepare for run "${run.name}" with --verify to have them`;
    session.emit({ type: "warning", stage: "tensors", message });
  });
  if (pixels === undefined) return { side, images };
  const size = imageSize ** 2 * 3;
  for (const [i, row] of rows.entries()) {
    const image = pixels.subarray(i * size, (i + 1) * size);
    images.set(row, await encodeThumbnail(image, imageSize));
  }
  return { side, images };
}
