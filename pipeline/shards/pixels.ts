/** Pixels of some photos, from the tensor shards that hold them. */

import type { Artifact } from "../artifact/artifact.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { planShards } from "../artifact/shard_name.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { SPLITS } from "../dataset/split.ts";
import { encodeThumbnail } from "../report/thumbnail.ts";

/** The artifacts that hold the pixels of photos. */
export interface PixelSource {
  tensors: Artifact & { shardSize: number };
  /** The dataset index, by which the shards were planned. */
  records: ImageRecords;
}

/** Finds where a value is in rising numbers; -1 if it is not there. */
function findRow(rows: Int32Array, wanted: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return rows[low] === wanted ? low : -1;
}

/** Sorts photos by the shard that holds them: shards are slices of a split. */
function groupByShard(
  wanted: Iterable<number>,
  { tensors: { shardSize }, records }: PixelSource,
): Map<string, number[]> {
  const slices = new Map(SPLITS.map((split) => {
    const rows = records.rowsOf(split);
    return [split, {
      rows,
      plans: planShards(split, { rows: rows.length, shardSize }),
    }];
  }));
  const groups = new Map<string, number[]>();
  for (const record of wanted) {
    const { rows, plans } = slices.get(records.split(record))!;
    const { path } = plans[Math.floor(findRow(rows, record) / shardSize)]!;
    groups.set(path, [...groups.get(path) ?? [], record]);
  }
  return groups;
}

/** A photo that was read. */
interface PhotoPixels {
  /** Its row in the dataset index. */
  record: number;
  /** U8 `[side, side, 3]`, valid until the next photo is read. */
  pixels: Uint8Array;
  /** Side of the square, in pixels. */
  side: number;
}

/**
 * Reads the pixels of photos; of the shards only those that hold any, each once.
 *
 * @returns The photos, shard by shard, but for those that were left out of the tensors.
 * @throws {MissingArtifactError} If a shard is gone.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function* readPixels(
  wanted: Iterable<number>,
  source: PixelSource,
): AsyncGenerator<PhotoPixels> {
  const { tensors: artifact } = source;
  for (const [name, records] of groupByShard(wanted, source)) {
    const bytes = await artifact.read(name);
    const { tensors } = await decodeSealed(bytes, artifact.files.path(name));
    const { data, shape } = tensors.get("image")!;
    const own = toInt32(tensors.get("record")!, "record");
    const [, side] = shape as [number, number];
    const size = side * side * 3;
    for (const record of records) {
      const row = own.indexOf(record);
      if (row < 0) continue;
      const pixels = data.subarray(row * size, (row + 1) * size);
      yield { record, pixels, side };
    }
    freeBytes(bytes);
  }
}

/**
 * Makes thumbnails of photos.
 *
 * @param signal Stops after the current photo.
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
