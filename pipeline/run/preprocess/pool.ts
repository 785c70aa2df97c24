/**
 * Square images from several threads.
 *
 * No photo is decoded in this thread, which stays free to hear Ctrl-C.
 */

import { ImageError } from "../../errors.ts";
import { readImageHeader } from "../../image/header.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";
import { PhotoWorkers } from "./photo_workers.ts";
import type { PhotoService } from "./worker.ts";

/** Most workers: beyond, reading and writing in the main thread hold them up. */
const MAX_WORKERS = 16;

/** Photos under way by worker: one at work, one that waits in it, and some that are read, each in several steps. */
const PHOTOS_A_WORKER = 6;

/** Tunables of {@linkcode openPool}. */
interface PoolOptions {
  /** Number of workers. @default the number of cores, at most 16 */
  workers?: number | undefined;
  /** Whether libjpeg-turbo of the system may decode, where there is one. @default {false} */
  native?: boolean;
  /** Returns how long a photo of some pixels may take, in milliseconds. */
  deadline?: (pixels: number) => number;
  /** Module of a worker, for tests. */
  module?: URL | undefined;
}

/**
 * The time of a photo, in milliseconds. The slowest that was found, an AVIF of noise
 * that is nearly lossless, takes 1.2 s a megapixel on one core: what takes longer than
 * this hangs, or the machine is too busy.
 */
function deadlineOf(pixels: number): number {
  return 60_000 + pixels * 3e-3;
}

/** How many times as long a photo has that is tried again: ten times what the slowest needs, when nothing else is decoded. */
const PATIENCE = 4;

/**
 * Opens a pool.
 *
 * @returns The preprocessor; disposing of it ends the workers.
 */
export function openPool(
  geometry: Geometry,
  options: PoolOptions = {},
): Preprocessor {
  const cores = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const { workers = cores, deadline = deadlineOf, module } = options;
  const { native = false } = options;
  const task = "Cannot preprocess photos";
  const shared = { task, module, isNative: native };
  const pool = new PhotoWorkers({ ...shared, workers, ahead: true });
  const alone = new PhotoWorkers({ ...shared, workers: 1, fresh: true });
  const photoOf = (bytes: Uint8Array) => ({ bytes, geometry, native });
  const deadlineFor = (bytes: Uint8Array) => {
    const { width, height } = readImageHeader(bytes);
    return deadline(width * height);
  };
  async function call<Name extends "preprocess" | "show">(
    name: Name,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<PhotoService[Name]>>> {
    const limitMs = deadlineFor(bytes);
    return await pool.call(name, photoOf(bytes), { limitMs, signal });
  }
  return {
    atOnce: workers * PHOTOS_A_WORKER,
    preprocess: (bytes, signal) => call("preprocess", bytes, signal),
    async again(bytes, signal) {
      const limitMs = deadlineFor(bytes) * PATIENCE;
      const limits = { limitMs, signal };
      // Where no worker starts, or no decoder loads, no photo is to blame.
      const { format } = readImageHeader(bytes);
      await alone.call("start", { format, native }, limits);
      try {
        return await alone.call("preprocess", photoOf(bytes), limits);
      } catch (error) {
        const isGivenUp = signal?.aborted || alone.isClosed;
        if (error instanceof ImageError || isGivenUp) throw error;
        throw new ImageError("its decoder crashes", { cause: error });
      }
    },
    show: (bytes) => call("show", bytes),
    seal: (tensors, metadata) =>
      // No photo of it can hang: the time is that of its pixels.
      pool.call("seal", { tensors, metadata }, {
        limitMs: deadline(tensors.image!.data.length),
      }),
    [Symbol.dispose]() {
      pool[Symbol.dispose]();
      alone[Symbol.dispose]();
    },
  };
}
