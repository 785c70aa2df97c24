/**
 * Who makes square images of photos: this thread, or others.
 *
 * @module
 */

import { preprocessImage } from "./preprocess.ts";
import type { Geometry } from "./preprocessing.ts";

/** Makes square images of photos; whoever is done with it disposes of it. */
export interface Preprocessor extends Disposable {
  /** Photos that may be under way at a time; more would only take memory. */
  readonly atOnce: number;
  /**
   * Decodes a photo and brings it to its square.
   *
   * @param bytes The file, which may be handed over: it is not used again.
   * @param signal Gives the photo up, if it still waits.
   * @returns U8 `[imageSize, imageSize, 3]`, RGB.
   * @throws {ImageError} If the bytes are not a whole image.
   */
  preprocess(bytes: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Opens a preprocessor, which starts nothing before it gets a photo. */
export type OpenPreprocessor = (geometry: Geometry) => Preprocessor;

/**
 * Makes square images in this thread, one at a time.
 *
 * @param geometry What decides the pixels.
 * @returns The preprocessor.
 */
export function preprocessHere(geometry: Geometry): Preprocessor {
  return {
    // One is read while another is decoded.
    atOnce: 2,
    preprocess: (bytes) => preprocessImage(bytes, geometry),
    [Symbol.dispose]() {},
  };
}
