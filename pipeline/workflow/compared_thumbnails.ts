/**
 * Thumbnails of the photos that a comparison shows.
 *
 * @module
 */

import { MANIFEST } from "../artifact/manifest.ts";
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

/** Rows of the photos that are shown, in rising order, each once. */
function shownRecords(comparison: Comparison): number[] {
  const records = comparison.pairs.flatMap(({ changed }) =>
    CHANGE_KINDS.flatMap((kind) =>
      changed[kind].photos.slice(0, SHOWN_PHOTOS).map(({ record }) => record)
    )
  );
  return [...new Set(records)].sort((a, b) => a - b);
}

/**
 * Makes the thumbnails of a comparison from the tensors of the first run.
 *
 * @param first The first run.
 * @param comparison What is shown.
 * @returns JPEGs by row in the dataset index; none if the tensors are no longer there.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function comparedThumbnails(
  first: EvaluatedRun,
  comparison: Comparison,
): Promise<Thumbnails> {
  const { session, split } = first;
  const work = session.run.works.tensors!;
  const imageSize = work.config.imageSize as number;
  const side = thumbnailSide(imageSize);
  const images = new Map<number, Uint8Array>();
  const files = await StageFiles.open(session.store, work);
  const rows = shownRecords(comparison);
  const isThere = await files.read(MANIFEST) !== undefined;
  if (rows.length === 0 || !isThere) return { side, images };
  const manifest = await files.requireManifest();
  const index = await requireIndex(session);
  const records = await index.dataset.readRecords();
  const request = { records, split, rows };
  const pixels = await readPixels({ files, manifest }, request);
  const size = imageSize ** 2 * 3;
  for (const [i, row] of rows.entries()) {
    const image = pixels.subarray(i * size, (i + 1) * size);
    images.set(row, await encodeThumbnail(image, imageSize));
  }
  return { side, images };
}
