/**
 * Square images from several threads: a pool of workers, which start when they are
 * needed and do one photo at a time.
 *
 * No photo is decoded in this thread, which stays free to hear Ctrl-C.
 */

import { ImageError, LateImageError } from "../../errors.ts";
import { readImageHeader } from "../../image/header.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";
import { startWorker, type WorkerClient } from "../../workers/calls.ts";
import type { PhotoService } from "./worker.ts";

/** Module of a worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** What a function of a worker is given. */
type Input<Name extends keyof PhotoService> = Parameters<PhotoService[Name]>[0];

/** Returns the memory of an input, which is handed over. */
function buffersOf(input: Input<keyof PhotoService>): ArrayBuffer[] {
  const arrays = "bytes" in input
    ? [input.bytes]
    : Object.values(input.tensors).map(({ data }) => data);
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}

/** What workers are for. */
interface WorkersOptions {
  /** Most workers. */
  workers: number;
  /** Start of the errors of workers that fail, such as `Cannot preprocess photos`. */
  task: string;
  /** Whether each photo has a worker of its own: the memory of WebAssembly never shrinks. @default {false} */
  fresh?: boolean;
  /** Whether they may load native code. @default {false} */
  isNative?: boolean;
  /** Module of a worker, for tests. */
  module?: URL | undefined;
}

/** A worker, and whether it is at work. */
interface Slot {
  client: WorkerClient<PhotoService>;
  isBusy: boolean;
}

/**
 * Makes squares in other threads. The pixels are the same in every thread.
 *
 * A worker that has failed, or that does not answer in time, is ended, and another
 * takes its place. `Worker.terminate()` stops no loop (Deno 2.9,
 * https://github.com/denoland/deno/pull/35657): one that runs in circles keeps its
 * core until the program ends.
 */
export class PhotoWorkers implements Disposable {
  readonly #options: WorkersOptions;
  readonly #slots = new Set<Slot>();
  readonly #waiting: PromiseWithResolvers<Slot>[] = [];
  /** Whether it was disposed of. */
  isClosed = false;

  /** Starts nothing yet. */
  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /**
   * Has a worker do something with a photo, whose bytes are handed over.
   *
   * @param limitMs Longest time with a worker, in milliseconds.
   * @param signal Gives the photo up, if it still waits.
   * @throws {ImageError} If it is no photo, or takes too long.
   */
  async call<Name extends keyof PhotoService>(
    name: Name,
    input: Input<Name>,
    { limitMs, signal }: { limitMs: number; signal?: AbortSignal | undefined },
  ): Promise<Awaited<ReturnType<PhotoService[Name]>>> {
    const slot = await this.#take(signal);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#end(slot);
    }, limitMs);
    try {
      return await slot.client.call(name, input, buffersOf(input));
    } catch (error) {
      if (isLate) throw new LateImageError(limitMs);
      if (!(error instanceof ImageError)) this.#end(slot);
      throw error;
    } finally {
      clearTimeout(timer);
      if (this.#options.fresh) this.#end(slot);
      slot.isBusy = false;
      this.#serve();
    }
  }

  /** Ends all; what waits for a worker gets one that is closed. */
  [Symbol.dispose](): void {
    this.isClosed = true;
    for (const { client } of this.#slots) client.terminate();
  }

  /** Waits for a worker that is idle. */
  async #take(signal: AbortSignal | undefined): Promise<Slot> {
    signal?.throwIfAborted();
    if (this.isClosed) {
      throw new Error(`${this.#options.task} as the workers are closed`);
    }
    const turn = Promise.withResolvers<Slot>();
    const leave = () => {
      const place = this.#waiting.indexOf(turn);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      turn.reject(signal!.reason);
    };
    signal?.addEventListener("abort", leave);
    this.#waiting.push(turn);
    this.#serve();
    try {
      return await turn.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  /** Ends a worker; another takes its place. */
  #end(slot: Slot): void {
    slot.client.terminate();
    if (!this.isClosed) this.#slots.delete(slot);
  }

  /** Gives idle workers to those that wait. */
  #serve(): void {
    const { workers, task, module = WORKER, isNative = false } = this.#options;
    while (this.#waiting.length > 0) {
      let slot = [...this.#slots].find(({ isBusy }) => !isBusy);
      if (!slot) {
        if (this.#slots.size === workers) return;
        const failure = (reason: string) => new Error(`${task} as ${reason}`);
        const client = startWorker<PhotoService>({ module, failure, isNative });
        slot = { client, isBusy: false };
        this.#slots.add(slot);
      }
      slot.isBusy = true;
      this.#waiting.shift()!.resolve(slot);
    }
  }
}

/** Most workers: beyond, reading and writing in the main thread hold them up. */
const MAX_WORKERS = 16;

/** Photos under way by worker: one at work, one that waits, one that is read. */
const PHOTOS_A_WORKER = 3;

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
 * 100 scans and 170 megapixels, takes 12 s: what is 50 times slower hangs, or this
 * machine is too busy.
 */
function deadlineOf(pixels: number): number {
  return 60_000 + pixels * 3e-3;
}

/** How many times as long a photo has that is tried again: no honest decoder needs 200 times what the slowest needs. */
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
  const pool = new PhotoWorkers({ ...shared, workers });
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
      // Where no worker starts, no photo is to blame.
      await alone.call("start", photoOf(new Uint8Array()), limits);
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
