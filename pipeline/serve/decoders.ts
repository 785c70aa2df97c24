/**
 * Decoding in workers, for all runs: bounded in memory, and able to lose a worker.
 *
 * @module
 */

import {
  type ImageHeader,
  LargeImageError,
  readImageHeader,
} from "../image/header.ts";
import type { OpenPreprocessor } from "../image/preprocessor.ts";
import { PhotoWorkers } from "../run/preprocess/pool.ts";
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
 * Opens decoders. What a photo claims is checked before a worker gets it.
 *
 * @param options The limits.
 * @returns The decoders; disposing of them ends the workers.
 */
export function openDecoders(options: DecoderOptions): Decoders {
  const { workers, pixels: most, largePixels, decodeMs, module } = options;
  const task = "Cannot decode a photo";
  const small = new PhotoWorkers({ workers, task, module });
  const large = new PhotoWorkers({ workers: 1, task, module, fresh: true });
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
        const pool = pixels < largePixels ? small : large;
        return await pool.preprocess({ bytes, geometry }, decodeMs, signal);
      },
      [Symbol.dispose]() {},
    }),
    [Symbol.dispose]() {
      small[Symbol.dispose]();
      large[Symbol.dispose]();
    },
  };
}
