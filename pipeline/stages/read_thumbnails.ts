/**
 * Thumbnails of photos, from the tensor shards that hold them.
 *
 * @module
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSafetensors } from "../artifact/safetensors.ts";
import { planShards } from "../artifact/shard_name.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { SPLITS } from "../dataset/split.ts";
import { encodeThumbnail } from "../report/thumbnail.ts";
import type { StageResult } from "./run_stage.ts";

/** Where the photos are. */
export interface ThumbnailSource {
  /** The tensors, complete. */
  tensors: Pick<StageResult, "files" | "manifest">;
  /** The dataset index. */
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
  { tensors, records }: ThumbnailSource,
): Map<string, number[]> {
  const shardSize = tensors.manifest.work.config.shardSize as number;
  const rows = new Map(SPLITS.map((split) => [split, records.rowsOf(split)]));
  const plans = new Map(SPLITS.map((split) => [
    split,
    planShards(split, { rows: rows.get(split)!.length, shardSize }),
  ]));
  const groups = new Map<string, number[]>();
  for (const record of wanted) {
    const split = records.split(record);
    const row = findRow(rows.get(split)!, record);
    const { path } = plans.get(split)![Math.floor(row / shardSize)]!;
    groups.set(path, [...groups.get(path) ?? [], record]);
  }
  return groups;
}

/**
 * Makes thumbnails of photos; only shards that hold any of them are read, each once
 * and checked.
 *
 * @param wanted Rows of the photos in the dataset index.
 * @param source The tensors and the index.
 * @param signal Asks to stop after the shard at hand.
 * @returns JPEGs by row, but for photos that were left out of the tensors.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function readThumbnails(
  wanted: Iterable<number>,
  source: ThumbnailSource,
  signal: AbortSignal,
): Promise<Map<number, Uint8Array>> {
  const { files, manifest } = source.tensors;
  const thumbnails = new Map<number, Uint8Array>();
  for (const [name, records] of groupByShard(wanted, source)) {
    signal.throwIfAborted();
    const entry = manifest.files.find(({ path }) => path === name)!;
    const bytes = await files.readVerified(entry);
    const { tensors } = decodeSafetensors(bytes, files.path(name));
    const { data, shape } = tensors.get("image")!;
    const own = toInt32(tensors.get("record")!, "record");
    const size = shape[1]! * shape[2]! * shape[3]!;
    for (const record of records) {
      const row = own.indexOf(record);
      if (row < 0) continue;
      const pixels = data.subarray(row * size, (row + 1) * size);
      thumbnails.set(record, await encodeThumbnail(pixels, shape[1]!));
    }
    freeBytes(bytes);
  }
  return thumbnails;
}
