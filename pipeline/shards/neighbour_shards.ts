/**
 * Shards of nearest neighbours: what a run that was killed need not compare again.
 *
 * `neighbours-00000-of-00005.safetensors` holds, for each of its n samples,
 * `record` I32 `[n]`, and of its k nearest, the nearest first, `neighbour` I32
 * `[n, k]`, their `cosine` and Euclidean `distance`, both F32 `[n, k]`. Records and
 * neighbours are rows in the dataset index; -1 where there is no neighbour.
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import type { ManifestFile } from "../artifact/manifest.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { planShards } from "../artifact/shard_name.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { toFloat32, toInt32, toTensor } from "../artifact/tensor.ts";
import {
  BLOCK_SAMPLES,
  NeighbourSearch,
  type SampleNeighbours,
  type SearchOptions,
} from "../findings/neighbours.ts";
import type { Samples } from "../findings/samples.ts";
import type { ShardJob } from "./fill_shards.ts";

/**
 * Plans the shards.
 *
 * @param guard Throws if the device has failed.
 * @returns A job a shard, in order; each is to be made at most once.
 */
export function planNeighbours(
  samples: Samples,
  options: SearchOptions,
  guard: () => void,
): ShardJob[] {
  const { count: rows, records } = samples;
  const plans = planShards("neighbours", { rows, shardSize: BLOCK_SAMPLES });
  const search = new NeighbourSearch(samples, options);
  return plans.map(({ path, start, end }, number) => ({
    path,
    images: end - start,
    make: async () => {
      const length = end - start;
      const found = await search.find(number);
      guard();
      const shape = [length, found.k];
      return {
        tensors: {
          record: toTensor(records.slice(start, end), [length]),
          neighbour: toTensor(
            found.samples.map((other) => other < 0 ? -1 : records[other]!),
            shape,
          ),
          cosine: toTensor(found.cosines, shape),
          distance: toTensor(found.distances, shape),
        },
        metadata: {},
      };
    },
  }));
}

/**
 * Reads the shards, one at a time.
 *
 * @param records Row of each sample in the dataset index, I32 `[count]`.
 * @returns The neighbours of each sample, in order, valid until the next is read.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function* readNeighbours(
  files: StageFiles,
  shards: readonly ManifestFile[],
  records: Int32Array,
): AsyncGenerator<SampleNeighbours> {
  const last = records.reduce((a, b) => Math.max(a, b), -1);
  const samples = new Int32Array(last + 1);
  records.forEach((record, sample) => samples[record] = sample);
  let sample = 0;
  for (const shard of shards) {
    const bytes = await files.readVerified(shard);
    const { tensors } = await decodeSealed(bytes, files.path(shard.path));
    const neighbour = tensors.get("neighbour")!;
    const [n, k] = neighbour.shape as [number, number];
    const others = toInt32(neighbour, "neighbour");
    const cosines = toFloat32(tensors.get("cosine")!, "cosine");
    const distances = toFloat32(tensors.get("distance")!, "distance");
    for (let row = 0; row < n; row++) {
      const start = row * k;
      const absent = others.subarray(start, start + k).indexOf(-1);
      const end = start + (absent < 0 ? k : absent);
      yield {
        sample: sample++,
        others: others.subarray(start, end).map((record) => samples[record]!),
        cosines: cosines.subarray(start, end),
        distances: distances.subarray(start, end),
      };
    }
    freeBytes(bytes);
  }
}
