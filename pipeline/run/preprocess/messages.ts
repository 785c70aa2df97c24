/**
 * What the preprocessor and its workers say to each other.
 *
 * @module
 */

import type { Geometry } from "../../image/preprocessing.ts";

/** A photo for a worker. */
export interface PhotoMessage {
  /** The file; handed over, not copied. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What decides the pixels. */
  geometry: Geometry;
}

/** The answer to a photo; a worker answers in the order it was asked. */
export type PhotoAnswer =
  /** U8 `[imageSize, imageSize, 3]`, handed over. */
  | { pixels: Uint8Array<ArrayBuffer> }
  /** Why the photo cannot be used. */
  | { reason: string }
  /** Why the worker has failed. */
  | { error: string };
