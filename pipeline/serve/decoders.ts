/**
 * Decoding in workers, for all runs: bounded in memory, and able to lose a worker.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import {
  type ImageHeader,
  LargeImageError,
  readImageHeader,
} from "../image/header.ts";
import type { Geometry } from "../image/preprocessing.ts";
import type { OpenPreprocessor } from "../image/preprocessor.ts";
import type { PhotoService } from "../run/preprocess/worker.ts";
import { startWorker, type WorkerClient } from "../workers/calls.ts";
import { ApiError } from "./api_error.ts";
import { Budget } from "../budget.ts";

/** Limits of the decoders. */
export interface DecoderOptions {
  /** Number of workers. */
  workers: number;
  /** Most pixels of a photo. */
  pixels: number;
  /** Longest time of a photo with a worker, in milliseconds. */
  decodeMs: number;
  /** Pixels from which on a photo has the worker of large ones, one at a time. */
  largePixels: number;
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

/** Name of the worker of large photos; the others are numbered from 0. */
const LARGE = -1;

/** Reads the header of a photo; one of more pixels than any may have is too large, not broken. */
function readHeader(bytes: Uint8Array): ImageHeader {
  try {
    return readImageHeader(bytes);
  } catch (cause) {
    if (!(cause instanceof LargeImageError)) throw cause;
    const error = new ApiError(
      "image_too_large",
      `Cannot take the photo: ${cause.message}`,
    );
    throw Object.assign(error, { cause });
  }
}

/**
 * Opens decoders; a worker starts with its first photo.
 *
 * What a photo claims is checked before a worker gets it. A worker that has failed,
 * or that does not answer in time, is ended, and another takes its place.
 *
 * @param options The limits.
 * @returns The decoders; disposing of them ends the workers.
 */
export function openDecoders(options: DecoderOptions): Decoders {
  const { workers, pixels: most, largePixels, decodeMs, module = WORKER } =
    options;
  const large = new Budget(1);
  const failure = (reason: string) =>
    new Error(`Cannot decode a photo as ${reason}`);
  const clients = new Map<number, WorkerClient<PhotoService>>();

  /** What it costs to give a photo to a worker: one that runs and is idle is the best, then one that has to be started. */
  function cost(slot: number): number {
    const waiting = clients.get(slot)?.waiting;
    return waiting === 0 ? -1 : waiting ?? 0;
  }

  /** Chooses the worker that has least to do. */
  function choose(): number {
    const slots = Array.from({ length: workers }, (_, slot) => slot);
    return slots.reduce((a, b) => cost(b) < cost(a) ? b : a);
  }

  /** Ends a worker; the next photo starts another. */
  function end(slot: number, client: WorkerClient<PhotoService>): void {
    client.terminate();
    if (clients.get(slot) === client) clients.delete(slot);
  }

  /** Decodes a photo in a worker. */
  async function decode(
    slot: number,
    photo: { bytes: Uint8Array; geometry: Geometry },
  ): Promise<Uint8Array> {
    const client = clients.get(slot) ??
      startWorker<PhotoService>({ module, failure });
    clients.set(slot, client);
    const timer = setTimeout(() => end(slot, client), decodeMs);
    try {
      const buffer = photo.bytes.buffer as ArrayBuffer;
      return await client.call("preprocess", photo, [buffer]);
    } catch (error) {
      if (!(error instanceof ImageError)) end(slot, client);
      throw error;
    } finally {
      clearTimeout(timer);
      // The memory of WebAssembly never shrinks.
      if (slot === LARGE) end(slot, client);
    }
  }

  return {
    open: (geometry) => ({
      atOnce: workers,
      async preprocess(bytes, signal) {
        const { width, height } = readHeader(bytes);
        const pixels = width * height;
        if (pixels > most) {
          throw new ApiError(
            "image_too_large",
            `Cannot take the photo as it may have ${most} pixels: it claims ${width}x${height}`,
          );
        }
        const photo = { bytes, geometry };
        if (pixels < largePixels) return await decode(choose(), photo);
        using _turn = await large.take(1);
        // The request may have ended while this photo waited for its turn.
        signal?.throwIfAborted();
        return await decode(LARGE, photo);
      },
      [Symbol.dispose]() {},
    }),
    [Symbol.dispose]() {
      for (const client of clients.values()) client.terminate();
      clients.clear();
    },
  };
}
