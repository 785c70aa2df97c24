/**
 * How many photos the page has room for.
 *
 * @module
 */

/** Most photos that thumbnails are made of. */
export const MOST_PHOTOS = 800;

/** Most bytes of all thumbnails: 3 MB of a page that is to stay below 4. */
export const THUMBNAIL_BYTES = 2_250_000;

/**
 * Takes photos by their importance, each once.
 *
 * @param lists Rows of photos, the most important list first.
 * @returns The rows, at most {@linkcode MOST_PHOTOS}, in order of importance.
 */
export function rankPhotos(lists: Iterable<Iterable<number>>): Set<number> {
  const ranked = new Set<number>();
  for (const list of lists) {
    for (const record of list) {
      if (ranked.size === MOST_PHOTOS) return ranked;
      ranked.add(record);
    }
  }
  return ranked;
}

/**
 * Keeps thumbnails until there is no more room.
 *
 * @param ranked Rows of photos in order of importance.
 * @param thumbnails JPEGs by row.
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
