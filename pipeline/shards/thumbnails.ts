/**
 * Thumbnails of photos, from the tensor shards that hold them.
 *
 * @module
 */

import { encodeThumbnail } from "../report/thumbnail.ts";
import { type PixelSource, readPixels } from "./pixels.ts";

/**
 * Makes thumbnails of photos.
 *
 * @param signal Asks to stop after the photo at hand.
 * @returns JPEGs by row, but for photos that were left out of the tensors.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function readThumbnails(
  wanted: Iterable<number>,
  source: PixelSource,
  signal: AbortSignal,
): Promise<Map<number, Uint8Array>> {
  const thumbnails = new Map<number, Uint8Array>();
  signal.throwIfAborted();
  for await (const { record, pixels, side } of readPixels(wanted, source)) {
    thumbnails.set(record, await encodeThumbnail(pixels, side));
    signal.throwIfAborted();
  }
  return thumbnails;
}
