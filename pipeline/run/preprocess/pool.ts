/**
 * Square images from several threads: a pool of workers, one a core.
 *
 * @module
 */

import { preprocessImage } from "../../image/preprocess.ts";
import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";
import { startWorker, type WorkerClient } from "../../workers/calls.ts";
import type { PhotoService } from "./worker.ts";

/** Most workers: beyond, reading and writing in the main thread hold them up. */
const MAX_WORKERS = 16;

/** Photos under way by worker: one at work, one that waits, one that is read. */
const PHOTOS_A_WORKER = 3;

/**
 * Photos that are made before a worker is started. Measured on 2 idle cores: where
 * 64 photos are all, two workers started after 16 cost 27 ms; where 128 are, they
 * bring 28 ms, and 181 ms where 256 are.
 */
const PHOTOS_BEFORE = 16;

/** Module of a worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** Tunables of {@linkcode openPool}. */
interface PoolOptions {
  /** Number of workers. @default the number of cores, at most 16 */
  workers?: number | undefined;
  /** Photos that this thread makes before it starts workers. @default {16} */
  before?: number | undefined;
  /** Module of a worker, for tests. */
  module?: URL | undefined;
}

/**
 * Opens a pool: the first photos are made in this thread, the others by workers.
 *
 * The pixels are the same in every thread.
 *
 * @returns The preprocessor; disposing of it ends the workers.
 */
export function openPool(
  geometry: Geometry,
  options: PoolOptions = {},
): Preprocessor {
  const cores = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const { workers = cores, before = PHOTOS_BEFORE, module = WORKER } = options;
  const failure = (reason: string) =>
    new Error(`Cannot preprocess photos as ${reason}`);
  let clients: WorkerClient<PhotoService>[] = [];
  let photos = 0;
  return {
    atOnce: workers * PHOTOS_A_WORKER,
    preprocess(bytes) {
      if (photos++ < before) return preprocessImage(bytes, geometry);
      if (clients.length === 0) {
        clients = Array.from(
          { length: workers },
          () => startWorker<PhotoService>({ module, failure }),
        );
      }
      const idlest = clients.reduce((a, b) => b.waiting < a.waiting ? b : a);
      const buffer = bytes.buffer as ArrayBuffer;
      return idlest.call("preprocess", { bytes, geometry }, [buffer]);
    },
    [Symbol.dispose]() {
      for (const client of clients) client.terminate();
    },
  };
}
