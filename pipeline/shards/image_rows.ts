/**
 * Rows of a tensor shard: photos decoded and resized, or taken from an earlier
 * artifact.
 */

import { decodeHex } from "@std/encoding/hex";
import { freeBytes } from "../artifact/free_bytes.ts";
import type { ReadableStore } from "../artifact/store.ts";
import { toTensor } from "../artifact/tensor.ts";
import { DIGEST_BYTES } from "../dataset/digest_table.ts";
import type { ImageRecord, Rejection } from "../dataset/image_record.ts";
import { ImageError } from "../errors.ts";
import type { Preprocessor } from "../image/preprocessor.ts";
import { photoDecoder } from "./decode_photos.ts";
import type { ShardContent } from "./fill_shards.ts";
import { mapInOrder } from "../map_in_order.ts";
import type { RowCache } from "./row_cache.ts";

/** Sources of the rows, and listeners. */
interface ImageRowsOptions {
  photos: ReadableStore;
  /** Photos that are read at a time where reading one is mostly waiting. */
  readsAtOnce?: number | undefined;
  /** Side of a square image, in pixels. */
  imageSize: number;
  preprocessor: Preprocessor;
  /** Rows of earlier artifacts. */
  cache: RowCache;
  /** Called for each photo that cannot be used; may throw to stop. */
  reject: (rejection: Rejection) => void;
  /** Called with what takes long, as a sentence without a period. */
  tell: (message: string) => void;
  progress: (done: number) => void;
  /** Called for each row that was taken from an earlier artifact. */
  reused: () => void;
}

/** A photo of the dataset index, with its row there. */
export interface IndexedRecord extends ImageRecord {
  /** Row in the dataset index. */
  row: number;
}

/** Photos of a shard, each read when it is its turn: what waits becomes garbage that lives long. */
export interface IndexedRecords extends Iterable<IndexedRecord> {
  /** Number of them. */
  readonly length: number;
}

/** A photo with its pixels, or why it has none. */
interface PhotoRow {
  record: IndexedRecord;
  made: Uint8Array | ImageError;
}

/** Takes the pixels of photos, U8 `[S, S, 3]`, from earlier artifacts, or makes them. */
function rowMaker({ cache, reused, ...parts }: ImageRowsOptions) {
  const decode = photoDecoder(parts);
  return async (record: IndexedRecord): Promise<PhotoRow> => {
    const cached = await cache.find(record.digest);
    if (cached !== undefined) {
      const { data, shape } = cached.shard.tensors.get("image")!;
      const size = data.byteLength / shape[0]!;
      const start = cached.row * size;
      reused();
      return { record, made: data.subarray(start, start + size) };
    }
    return { record, made: await decode(record) };
  };
}

/**
 * Makes the content of a tensor shard.
 *
 * Photos that cannot be decoded are listed in the metadata under `rejected`, so
 * that a kept shard still lists what it lacks.
 *
 * @param records The photos, in the order of the rows.
 * @returns `image` U8 `[n, S, S, 3]`, `label` and `record` I32 `[n]`, `digest` U8 `[n, 32]`.
 * @throws {DatasetError} If a photo is not what was indexed.
 */
export async function makeImageRows(
  records: IndexedRecords,
  options: ImageRowsOptions,
): Promise<ShardContent> {
  const { imageSize, preprocessor } = options;
  const size = imageSize * imageSize * 3;
  const images = new Uint8Array(records.length * size);
  const labels = new Int32Array(records.length);
  const indexRows = new Int32Array(records.length);
  const digests = new Uint8Array(records.length * DIGEST_BYTES);
  const rejected: Rejection[] = [];
  // More wait for a worker than it has, where reading takes longer than decoding.
  const atOnce = Math.max(preprocessor.atOnce, options.readsAtOnce ?? 0);
  const rows = mapInOrder(records, atOnce, rowMaker(options));
  let n = 0;
  let done = 0;
  for await (const { record, made } of rows) {
    if (made instanceof ImageError) {
      const rejection = { path: record.path, reason: made.message };
      rejected.push(rejection);
      options.reject(rejection);
    } else {
      images.set(made, n * size);
      // What is a part of an earlier shard is not ours.
      if (made.byteLength === made.buffer.byteLength) freeBytes(made);
      labels[n] = record.label;
      indexRows[n] = record.row;
      digests.set(decodeHex(record.digest), n * DIGEST_BYTES);
      n++;
    }
    options.progress(++done);
  }
  return {
    tensors: {
      image: toTensor(images.subarray(0, n * size), [
        n,
        imageSize,
        imageSize,
        3,
      ]),
      label: toTensor(labels.subarray(0, n), [n]),
      record: toTensor(indexRows.subarray(0, n), [n]),
      digest: toTensor(digests.subarray(0, n * DIGEST_BYTES), [
        n,
        DIGEST_BYTES,
      ]),
    },
    metadata: { rejected: JSON.stringify(rejected) },
  };
}
