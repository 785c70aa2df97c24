/**
 * Shards of photos that were opened for a dataset index: what several tasks leave for
 * the one that seals the index, which decodes at least one photo of each class as well.
 *
 * `photos-00000-of-00004.safetensors` holds, for each photo of its slice of the
 * listing that can be used, `record` I32 `[n]` (its row in the listing), `digest` U8
 * `[n, 32]` and `photo` I32 `[n, 4]` (size in bytes, width, height, orientation);
 * and in the metadata, under `rejected`, row and reason of each that cannot. They are
 * in a folder of their own, and needed no more once the index is there.
 */

import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { Work } from "../artifact/fingerprint.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { planShards } from "../artifact/shard_name.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { toInt32, toTensor } from "../artifact/tensor.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import { DIGEST_BYTES } from "../dataset/digest_table.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { Listing } from "../dataset/listing.ts";
import { type OpenedCandidate, openImages } from "../dataset/open_images.ts";
import type { FilledShard, ShardContent, ShardJob } from "./fill_shards.ts";

/** Fewest photos in a slice, so that a file is not for a few. */
const LEAST_PHOTOS = 64;

/** Most slices: what a file system and a list of objects bear, and more than most arrays have tasks. */
const MOST_SLICES = 4096;

/** Numbers of a photo beside its digest. */
const NUMBERS = 4;

/** Returns the work whose folder holds the shards of an index. */
export function openedWork(work: Work): Work {
  return { ...work, stage: `${work.stage}-part` };
}

/** Opens the photos of a slice of the listing. */
async function openSlice(
  listing: Listing,
  source: DatasetSource,
  options: {
    start: number;
    end: number;
    reject: (rejection: Rejection) => void;
    progress: (done: number) => void;
  },
): Promise<ShardContent> {
  const { start, end, reject, progress } = options;
  const records: number[] = [];
  const digests = new Uint8Array((end - start) * DIGEST_BYTES);
  const numbers: number[] = [];
  const rejected: [row: number, reason: string][] = [];
  let row = start;
  const slice = listing.slice(start, end);
  for await (const { opened } of openImages(slice, source)) {
    if ("reason" in opened) {
      rejected.push([row, opened.reason]);
      reject(opened);
    } else {
      const { sizeBytes, digest, width, height, orientation } = opened;
      digests.set(decodeHex(digest), records.length * DIGEST_BYTES);
      numbers.push(sizeBytes, width, height, orientation);
      records.push(row);
    }
    progress(++row - start);
  }
  const n = records.length;
  const digest = digests.subarray(0, n * DIGEST_BYTES);
  return {
    tensors: {
      record: toTensor(Int32Array.from(records), [n]),
      digest: toTensor(digest, [n, DIGEST_BYTES]),
      photo: toTensor(Int32Array.from(numbers), [n, NUMBERS]),
    },
    metadata: { rejected: JSON.stringify(rejected) },
  };
}

/**
 * Plans the shards; the slices depend on the number of photos alone.
 *
 * @param reject Called for each photo that cannot be used; may throw to stop.
 * @returns A job a shard, in the order of the listing.
 */
export function planOpened(
  listing: Listing,
  source: DatasetSource,
  reject: (rejection: Rejection) => void,
): ShardJob[] {
  const { length: rows } = listing;
  const shardSize = Math.max(LEAST_PHOTOS, Math.ceil(rows / MOST_SLICES));
  return planShards("photos", { rows, shardSize }).map((
    { path, start, end },
  ) => ({
    path,
    images: end - start,
    make: (progress) =>
      openSlice(listing, source, { start, end, reject, progress }),
  }));
}

/**
 * Reads the shards, one at a time, as if every photo were opened again.
 *
 * @returns Each photo of the listing with what it is, in order.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function* readOpened(
  files: StageFiles,
  shards: readonly FilledShard[],
  listing: Listing,
): AsyncGenerator<OpenedCandidate> {
  const candidates = listing[Symbol.iterator]();
  let row = 0;
  for (const { entry, metadata } of shards) {
    const bytes = await files.readVerified(entry);
    const { tensors } = await decodeSealed(bytes, files.path(entry.path));
    const records = toInt32(tensors.get("record")!, "record");
    const numbers = toInt32(tensors.get("photo")!, "photo");
    const digests = tensors.get("digest")!.data;
    const reasons = new Map<number, string>(JSON.parse(metadata.rejected!));
    const end = row + records.length + reasons.size;
    for (let i = 0; row < end; row++) {
      const candidate = candidates.next().value!;
      const { path } = candidate;
      const reason = reasons.get(row);
      if (reason !== undefined) {
        yield { candidate, opened: { path, reason } };
        continue;
      }
      const start = i * DIGEST_BYTES;
      const digest = encodeHex(digests.subarray(start, start + DIGEST_BYTES));
      const [sizeBytes, width, height, orientation] = numbers
        .subarray(i * NUMBERS, ++i * NUMBERS) as unknown as [
          ...[number, number, number, number],
        ];
      const opened = { path, sizeBytes, digest, width, height, orientation };
      yield { candidate, opened };
    }
  }
}
