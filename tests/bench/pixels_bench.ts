/**
 * How fast photos become tensor shards, beside Pillow.
 *
 * Ours is what the tensors stage does with photos that are indexed: reading,
 * checking the digest, decoding, resizing, and writing sealed shards. Pillow's
 * is reading, decoding and resizing, in one thread of Python.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { planShards } from "../../pipeline/artifact/shard_name.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import type { Geometry } from "../../pipeline/image/preprocessing.ts";
import { fillShards } from "../../pipeline/shards/fill_shards.ts";
import {
  type IndexedRecord,
  makeImageRows,
} from "../../pipeline/shards/image_rows.ts";
import { RowCache } from "../../pipeline/shards/row_cache.ts";
import { openPool } from "../../pipeline/run/preprocess/pool.ts";
import { openNativeJpeg } from "../../pipeline/image/native_jpeg.ts";
import { type BenchRow, compareRounds } from "./bench_row.ts";
import { type PeerFilter, startPillow } from "./pillow_peer.ts";

/** What to measure. */
export interface PixelsBenchOptions {
  /** A folder of photos. */
  photos: URL;
  /** A folder for shards, which are removed. */
  scratch: URL;
  /** A Python with Pillow. */
  python: string;
  /**
   * Passes of each, by turns; the median counts.
   *
   * @default {5}
   */
  rounds?: number;
  /**
   * How often each photo is in a pass.
   *
   * @default {5}
   */
  copies?: number;
  /**
   * Numbers of workers.
   *
   * @default {[1, 2]}
   */
  workers?: readonly number[];
}

/** How photos are decoded. */
interface Way {
  workers: number;
  /** Whether by libjpeg-turbo of the system. */
  native: boolean;
}

/** Images of a shard, the default of the program. */
const SHARD_SIZE = 64;

/** What Pillow's program does too. */
const GEOMETRIES: Record<PeerFilter, Geometry> = {
  nearest: {
    imageSize: 224,
    shortSide: 224,
    resize: "stretch",
    interpolation: "nearest",
    orientation: "ignore",
  },
  bilinear: {
    imageSize: 224,
    shortSide: 256,
    resize: "crop",
    interpolation: "bilinear",
    orientation: "ignore",
  },
};

/** Reads the records of the photos, each several times. */
async function readRecords(
  photos: FileStore,
  copies: number,
): Promise<IndexedRecord[]> {
  const records: IndexedRecord[] = [];
  for (const { path, sizeBytes } of await photos.list("")) {
    if (!path.endsWith(".jpg")) continue;
    const bytes = (await photos.read(path))!;
    const { width, height } = readImageHeader(bytes);
    const digest = await sha256(bytes);
    const size = { sizeBytes, width, height };
    const row = records.length;
    records.push({ path, digest, ...size, label: 0, split: "train", row });
  }
  return Array.from({ length: copies }, () => records).flat();
}

/** Makes tensor shards of all photos; returns how long that took, in seconds. */
async function makeShards(
  photos: FileStore,
  records: readonly IndexedRecord[],
  options: { scratch: URL; geometry: Geometry; way: Way },
): Promise<number> {
  const { scratch, geometry, way } = options;
  const store = new FileStore(scratch);
  const work: Work = { stage: "tensors", version: 0, config: {}, inputs: {} };
  const files = await StageFiles.open(store, work);
  const cache = await RowCache.open(store, work);
  const context = {
    store,
    signal: new AbortController().signal,
    emit: () => {},
  };
  const start = performance.now();
  {
    using preprocessor = openPool(geometry, way);
    const reject = ({ path }: { path: string }) => {
      throw new Error(`Cannot use "${path}" to measure with`);
    };
    const rows = {
      photos,
      imageSize: geometry.imageSize,
      preprocessor,
      cache,
      reject,
      tell() {},
      reused() {},
    };
    const shards = planShards("train", {
      rows: records.length,
      shardSize: SHARD_SIZE,
    });
    const jobs = shards.map(({ path, start, end }) => ({
      path,
      images: end - start,
      make: (progress: (done: number) => void) =>
        makeImageRows(records.slice(start, end), { ...rows, progress }),
    }));
    const { seal } = preprocessor;
    await fillShards(files, jobs, { ...context, seal });
  }
  const durationS = (performance.now() - start) / 1000;
  await Deno.remove(scratch, { recursive: true });
  return durationS;
}

/**
 * Measures how many photos a second become tensors, beside Pillow.
 *
 * Passes of all alternate, so that a machine that is busy is so for each.
 *
 * @param options The photos, and how often.
 * @returns A line for each filter and number of workers.
 */
export async function benchPixels(
  options: PixelsBenchOptions,
): Promise<BenchRow[]> {
  const { scratch, python, rounds = 5 } = options;
  const { copies = 5, workers: counts = [1, 2] } = options;
  const photos = new FileStore(options.photos);
  const records = await readRecords(photos, copies);
  const folder = fromFileUrl(options.photos);
  const paths = records.map(({ path }) => `${folder}${path}`);
  const ways = [false, await openNativeJpeg() !== undefined]
    .filter((native, i) => native || i === 0)
    .flatMap((native) => counts.map((workers) => ({ workers, native })));
  await using pillow = startPillow(python, paths);
  const result: BenchRow[] = [];
  for (const filter of ["nearest", "bilinear"] as const) {
    const geometry = GEOMETRIES[filter];
    const peers: number[] = [];
    const ours = ways.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      peers.push(await pillow.run(filter));
      for (const [i, way] of ways.entries()) {
        const run = { scratch, geometry, way };
        ours[i]!.push(await makeShards(photos, records, run));
      }
    }
    const rates = (seconds: readonly number[]) =>
      seconds.map((duration) => records.length / duration);
    for (const [i, { workers, native }] of ways.entries()) {
      const { resize } = geometry;
      const title = (workers === 1 ? "one worker" : `${workers} workers`) +
        (native ? ", native" : "");
      result.push(compareRounds(`${filter} ${resize}, ${title} / Pillow`, {
        ours: rates(ours[i]!),
        peer: rates(peers),
        unit: "images/s",
        target: { kind: "least", value: workers === 1 ? 0.65 : 0.8 },
        note: `${records.length} photos that are indexed`,
      }));
    }
  }
  return result;
}
