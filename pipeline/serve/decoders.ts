/**
 * Decoding in workers, for all runs: bounded in memory, and able to lose a worker.
 */

import {
  LargeImageError,
  MAX_PIXELS,
  readImageHeader,
} from "../image/header.ts";
import type { OpenPreprocessor } from "../image/preprocessor.ts";
import { PhotoWorkers } from "../run/preprocess/photo_workers.ts";
import { ApiError } from "./api_error.ts";

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
  module?: URL | undefined;
}

/** Decoders that runs share. */
export interface Decoders extends Disposable {
  /** Opens those of a run; disposing of them ends nothing. */
  readonly open: OpenPreprocessor;
}

/** Reads what a photo claims, also if that is more than any may have: it is too large, not broken. */
function readClaim(bytes: Uint8Array): { width: number; height: number } {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (error instanceof LargeImageError) return error;
    throw error;
  }
}

/**
 * Opens decoders. What a photo claims is checked before a worker gets it.
 *
 * @returns The decoders; disposing of them ends the workers.
 */
export function openDecoders(options: DecoderOptions): Decoders {
  const { workers, largePixels, decodeMs: limitMs, module } = options;
  const most = Math.min(options.pixels, MAX_PIXELS);
  const task = "Cannot decode a photo";
  const small = new PhotoWorkers({ workers, task, module });
  const large = new PhotoWorkers({ workers: 1, task, module, fresh: true });
  return {
    open: (geometry) => ({
      atOnce: workers,
      async preprocess(bytes, signal) {
        const { width, height } = readClaim(bytes);
        const pixels = width * height;
        if (pixels > most) {
          throw new ApiError(
            "image_too_large",
            `Cannot take the photo as it may have ${most} pixels: it claims ${width}x${height}`,
          );
        }
        const pool = pixels < largePixels ? small : large;
        const photo = { bytes, geometry };
        return await pool.call("preprocess", photo, { limitMs, signal });
      },
      [Symbol.dispose]() {},
    }),
    [Symbol.dispose]() {
      small[Symbol.dispose]();
      large[Symbol.dispose]();
    },
  };
}
