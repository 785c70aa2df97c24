/**
 * Pixels of a few photos, out of the shards that hold them.
 *
 * @module
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { planShards } from "../artifact/shard_name.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import type { Split } from "../dataset/split.ts";
import { FormatError } from "../errors.ts";
import type { StageResult } from "./run_stage.ts";

/** Which pixels are wanted. */
export interface PixelsRequest {
  /** The dataset index, by which the shards were planned. */
  records: ImageRecords;
  /** The split of the photos. */
  split: Split;
  /** Rows of the photos in the dataset index. */
  rows: readonly number[];
}

/**
 * Copies the pixels of some of the rows out of a shard.
 *
 * @param tensors The tensors, complete.
 * @param name Name of the shard.
 * @param rows Rows in the dataset index.
 * @returns U8 `[S, S, 3]` by row.
 */
async function readRows(
  tensors: Pick<StageResult, "files" | "manifest">,
  name: string,
  rows: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const { files, manifest } = tensors;
  const path = files.path(name);
  const file = manifest.files.find((entry) => entry.path === name)!;
  const bytes = await files.readVerified(file);
  const shard = await decodeSealed(bytes, path);
  const { data, shape } = shard.tensors.get("image")!;
  const records = toInt32(shard.tensors.get("record")!, "record");
  const size = data.byteLength / shape[0]!;
  const found = rows.map((row): [number, Uint8Array] => {
    const position = records.indexOf(row);
    if (position < 0) {
      throw new FormatError(
        `Cannot read the pixels of record ${row} from "${path}" as the index says: it has no row of this record`,
        { path },
      );
    }
    return [row, data.slice(position * size, (position + 1) * size)];
  });
  freeBytes(bytes);
  return new Map(found);
}

/**
 * Reads the pixels of some photos; of the shards only those that hold any, one at
 * a time.
 *
 * @param tensors The tensors, complete.
 * @param request Which photos, all of them samples of the split.
 * @returns U8 `[n, S, S, 3]`, in the order they were asked for.
 * @throws {MissingArtifactError} If a shard is not there.
 * @throws {DigestMismatchError} If a shard is damaged.
 * @throws {FormatError} If a shard does not hold what the index says.
 */
export async function readPixels(
  tensors: Pick<StageResult, "files" | "manifest">,
  request: PixelsRequest,
): Promise<Uint8Array> {
  const { records, split, rows } = request;
  const { imageSize, shardSize } = tensors.files.work.config;
  const size = (imageSize as number) ** 2 * 3;
  const all = records.rowsOf(split);
  const plans = planShards(split, {
    rows: all.length,
    shardSize: shardSize as number,
  });
  const pixels = new Uint8Array(rows.length * size);
  for (const { path, start, end } of plans) {
    // Rows rise, so what lies between the ends is in the shard.
    const [first, last] = [all[start]!, all[end - 1]!];
    const wanted = rows.filter((row) => row >= first && row <= last);
    if (wanted.length === 0) continue;
    for (const [row, image] of await readRows(tensors, path, wanted)) {
      pixels.set(image, rows.indexOf(row) * size);
    }
  }
  return pixels;
}
