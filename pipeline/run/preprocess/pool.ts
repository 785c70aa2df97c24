/**
 * Square images from several threads: a pool of workers, one a core.
 *
 * No photo is decoded in this thread, which stays free to hear Ctrl-C.
 *
 * @module
 */

import { LateImageError } from "../../errors.ts";
import { readImageHeader } from "../../image/header.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";
import { startWorker, type WorkerClient } from "../../workers/calls.ts";
import type { PhotoService } from "./worker.ts";

/** Most workers: beyond, reading and writing in the main thread hold them up. */
const MAX_WORKERS = 16;

/** Photos under way by worker: one at work, one that waits, one that is read. */
const PHOTOS_A_WORKER = 3;

/** Module of a worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

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
 * The time of a photo, in milliseconds. The slowest that its header allows, a JPEG of
 * 100 scans and 170 megapixels, takes 12 s: what is 50 times slower hangs.
 */
function deadlineOf(pixels: number): number {
  return 60_000 + pixels * 3e-3;
}

/** A worker, and whether it is at work. */
interface Slot {
  client: WorkerClient<PhotoService>;
  isBusy: boolean;
}

/** Workers that each do one photo at a time; they start when they are needed. */
class Workers {
  readonly #slots = new Set<Slot>();
  readonly #waiting: PromiseWithResolvers<Slot>[] = [];
  readonly #most: number;
  readonly #start: () => WorkerClient<PhotoService>;

  constructor(most: number, start: () => WorkerClient<PhotoService>) {
    this.#most = most;
    this.#start = start;
  }

  /** Waits for a worker that is idle. */
  take(): Promise<Slot> {
    const turn = Promise.withResolvers<Slot>();
    this.#waiting.push(turn);
    this.#serve();
    return turn.promise;
  }

  /** Gives a worker back. */
  giveBack(slot: Slot): void {
    slot.isBusy = false;
    this.#serve();
  }

  /** Ends a worker; another takes its place. */
  end(slot: Slot): void {
    this.#slots.delete(slot);
    slot.client.terminate();
  }

  /** Ends all; what waits for a worker gets one that is closed. */
  close(): void {
    for (const { client } of this.#slots) client.terminate();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      let slot = [...this.#slots].find(({ isBusy }) => !isBusy);
      if (!slot) {
        if (this.#slots.size === this.#most) return;
        slot = { client: this.#start(), isBusy: false };
        this.#slots.add(slot);
      }
      slot.isBusy = true;
      this.#waiting.shift()!.resolve(slot);
    }
  }
}

/**
 * Opens a pool. The pixels are the same in every thread.
 *
 * A worker that does not answer in time is ended. `Worker.terminate()` stops no loop
 * (Deno 2.9, https://github.com/denoland/deno/pull/35657): one that runs in circles
 * keeps its core until the program ends.
 *
 * @returns The preprocessor; disposing of it ends the workers.
 */
export function openPool(
  geometry: Geometry,
  options: PoolOptions = {},
): Preprocessor {
  const cores = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const { workers = cores, deadline = deadlineOf, module = WORKER } = options;
  const { native = false } = options;
  const failure = (reason: string) =>
    new Error(`Cannot preprocess photos as ${reason}`);
  const pool = new Workers(
    workers,
    () => startWorker<PhotoService>({ module, failure }),
  );
  return {
    atOnce: workers * PHOTOS_A_WORKER,
    async preprocess(bytes) {
      const { width, height } = readImageHeader(bytes);
      const limitMs = deadline(width * height);
      const slot = await pool.take();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        pool.end(slot);
      }, limitMs);
      try {
        const buffer = bytes.buffer as ArrayBuffer;
        const photo = { bytes, geometry, native };
        return await slot.client.call("preprocess", photo, [buffer]);
      } catch (error) {
        throw isLate ? new LateImageError(limitMs) : error;
      } finally {
        clearTimeout(timer);
        pool.giveBack(slot);
      }
    },
    [Symbol.dispose]() {
      pool.close();
    },
  };
}
