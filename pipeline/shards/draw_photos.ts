/** Drawing some training photos, and their pixels. */

import { STREAMS, uniformNumbers } from "../numeric/random.ts";
import { type PixelSource, readPixels } from "./pixels.ts";

/** Most shards that are read: of a large dataset a small part. */
const MOST_SHARDS = 16;

export interface DrawnPhotos {
  count: number;
  /** U8 `[count, S, S, 3]`, RGB. */
  images: Uint8Array;
}

/** Draws `count` of the numbers from 0 to `total - 1`; with fewer, all of them in random order. */
function draw(total: number, count: number, key: number[]): number[] {
  const uniform = uniformNumbers(...key);
  const keys = Float64Array.from({ length: total }, (_, i) => uniform(i));
  return Array.from(keys.keys())
    .sort((a, b) => keys[a]! - keys[b]! || a - b)
    .slice(0, count);
}

/**
 * Draws training photos, of some shards, and reads their pixels.
 *
 * @returns The photos, in random order; fewer if there are not so many, or if some were left out of the tensors.
 * @throws {MissingArtifactError} If a shard is gone.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function drawPhotos(
  source: PixelSource,
  options: { seed: number; count: number },
): Promise<DrawnPhotos> {
  const { tensors: { shardSize }, records } = source;
  const { seed, count } = options;
  const rows = records.rowsOf("train");
  const shards = Math.ceil(rows.length / shardSize);
  const key = [seed, STREAMS.calibration];
  const candidates = draw(shards, MOST_SHARDS, [...key, 0])
    .sort((a, b) => a - b)
    .flatMap((i) => [...rows.subarray(i * shardSize, (i + 1) * shardSize)]);
  const drawn = draw(candidates.length, count, [...key, 1])
    .map((i) => candidates[i]!);
  const found = new Map<number, Uint8Array>();
  for await (const { record, pixels } of readPixels(drawn, source)) {
    found.set(record, pixels.slice());
  }
  const photos = drawn.flatMap((record) => found.get(record) ?? []);
  const size = photos[0]?.length ?? 0;
  const images = new Uint8Array(photos.length * size);
  photos.forEach((pixels, i) => images.set(pixels, i * size));
  return { count: photos.length, images };
}
