/**
 * Decoding in workers, for all runs: bounded in memory, and able to lose a worker.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import { readImageHeader } from "../image/header.ts";
import type { OpenPreprocessor } from "../image/preprocessor.ts";
import type { PhotoService } from "../run/preprocess/worker.ts";
import { startWorker, type WorkerClient } from "../workers/calls.ts";
import { ApiError } from "./api_error.ts";
import { Budget } from "./budget.ts";

/** Limits of the decoders. */
export interface DecoderOptions {
  /** Number of workers. */
  workers: number;
  /** Most pixels of a photo. */
  pixels: number;
  /** Longest time of a photo with a worker, in milliseconds. */
  decodeMs: number;
  /** What a worker runs, for tests. */
  module?: URL;
}

/** Decoders that runs share. */
export interface Decoders extends Disposable {
  /** Opens those of a run; disposing of them ends nothing. */
  readonly open: OpenPreprocessor;
}

/** What a worker runs. */
const WORKER = new URL("../run/preprocess/worker.ts", import.meta.url);

/**
 * Opens decoders; a worker starts with its first photo.
 *
 * What a photo claims is checked before a worker gets it. Photos that are decoded at
 * the same time have at most twice the pixels of the largest one. A worker that has
 * failed, or that does not answer in time, is ended, and another takes its place.
 *
 * @param options The limits.
 * @returns The decoders; disposing of them ends the workers.
 */
export function openDecoders(options: DecoderOptions): Decoders {
  const { workers, pixels: most, decodeMs, module = WORKER } = options;
  const budget = new Budget(2 * most);
  const failure = (reason: string) =>
    new Error(`Cannot decode a photo as ${reason}`);
  const clients = new Map<number, WorkerClient<PhotoService>>();

  /** Chooses the worker that has least to do, and starts it if need be. */
  function choose(): [number, WorkerClient<PhotoService>] {
    const waiting = (slot: number) => clients.get(slot)?.waiting ?? -0.5;
    const slots = Array.from({ length: workers }, (_, slot) => slot);
    // One that runs and is idle comes before one that has to be started.
    const cost = (slot: number) => {
      const count = waiting(slot);
      return count === 0 ? -1 : count;
    };
    const slot = slots.reduce((a, b) => cost(b) < cost(a) ? b : a);
    const client = clients.get(slot) ??
      startWorker<PhotoService>({ module, failure });
    clients.set(slot, client);
    return [slot, client];
  }

  /** Ends a worker; the next photo starts another. */
  function replace(slot: number, client: WorkerClient<PhotoService>): void {
    client.terminate();
    if (clients.get(slot) === client) clients.delete(slot);
  }

  return {
    open: (geometry) => ({
      atOnce: workers,
      async preprocess(bytes) {
        const { width, height } = readImageHeader(bytes);
        const pixels = width * height;
        if (pixels > most) {
          throw new ApiError(
            "image_too_large",
            `Cannot take the photo as it may have ${most} pixels: it claims ${width}x${height}`,
          );
        }
        using _room = await budget.take(pixels);
        const [slot, client] = choose();
        const timer = setTimeout(() => replace(slot, client), decodeMs);
        try {
          const buffer = bytes.buffer as ArrayBuffer;
          return await client.call("preprocess", { bytes, geometry }, [buffer]);
        } catch (error) {
          if (!(error instanceof ImageError)) replace(slot, client);
          throw error;
        } finally {
          clearTimeout(timer);
        }
      },
      [Symbol.dispose]() {},
    }),
    [Symbol.dispose]() {
      for (const client of clients.values()) client.terminate();
      clients.clear();
    },
  };
}
