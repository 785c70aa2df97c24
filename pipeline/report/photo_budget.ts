/**
 * Limits how many photos a page shows.
 *
 * @module
 */

import type { Evidence } from "../evidence/activation_map.ts";
import type { FindingGroup } from "./finding_groups.ts";
import type { PhotoSelection } from "./photo_selection.ts";

/** Most photos that thumbnails are made of. */
export const MOST_PHOTOS = 500;

/**
 * Most bytes of all thumbnails, which take a third more as text: a page of 40
 * classes that are all confused is 2 MB without them, and is to stay below 4.
 */
export const THUMBNAIL_BYTES = 1_380_000;

/** Most photos of a finding that are shown. */
export const FINDING_PHOTOS = 4;

/** What the page shows photos of. */
export interface ShownPhotos {
  /** Photos of cells, and the worst mistakes. */
  selection: PhotoSelection;
  /** Photos with heatmaps, if there are any. */
  evidence: { items: readonly Evidence[] } | undefined;
  /** What may be wrong with the data, if it was looked for. */
  findings: readonly FindingGroup[] | undefined;
}

/** Lists rows of photos, the most important first: mistakes, heatmaps, findings, cells. */
function* listPhotos(
  { selection, evidence, findings }: ShownPhotos,
): Generator<{ record: number }> {
  yield* selection.mistakes.list();
  yield* evidence?.items ?? [];
  for (const { strongest } of findings ?? []) {
    for (const { photos } of strongest) yield* photos.slice(0, FINDING_PHOTOS);
  }
  yield* selection.roundRobin();
}

/**
 * Takes photos by their importance, each once.
 *
 * @returns Their rows, at most {@linkcode MOST_PHOTOS}, the most important first.
 */
export function rankPhotos(shown: ShownPhotos): Set<number> {
  const ranked = new Set<number>();
  for (const { record } of listPhotos(shown)) {
    if (ranked.size === MOST_PHOTOS) break;
    ranked.add(record);
  }
  return ranked;
}

/**
 * Keeps thumbnails until there is no more room.
 *
 * @param ranked Rows of photos in order of importance.
 * @returns Those that fit, at most {@linkcode THUMBNAIL_BYTES} together.
 */
export function fitThumbnails(
  ranked: Iterable<number>,
  thumbnails: ReadonlyMap<number, Uint8Array>,
): Map<number, Uint8Array> {
  const kept = new Map<number, Uint8Array>();
  let room = THUMBNAIL_BYTES;
  for (const record of ranked) {
    const bytes = thumbnails.get(record);
    if (bytes === undefined) continue;
    room -= bytes.length;
    if (room < 0) break;
    kept.set(record, bytes);
  }
  return kept;
}
