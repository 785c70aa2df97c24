/** What makes square images of photos, in other threads. */

import type { SealTensors } from "../artifact/shard.ts";
import { ImageError, LateImageError } from "../errors.ts";
import type { Geometry } from "./preprocessing.ts";
import type { ShownImage } from "./show.ts";

/** Makes square images of photos; dispose of it after use. */
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
  /**
   * Does so with a photo whose decoder hung or crashed: in a thread of its own, and with
   * several times as long. Absent where a photo has one try.
   *
   * @throws {ImageError} If the bytes are not a whole image, or the decoder hangs or crashes again.
   */
  again?(bytes: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** Makes the file of a shard of squares; absent where the thread of the caller does. */
  seal?: SealTensors;
  /** Decodes a photo to look at; absent where nobody does. */
  show?(bytes: Uint8Array): Promise<ShownImage>;
}

/** Opens a preprocessor, which starts nothing before it gets a photo. */
export type OpenPreprocessor = (geometry: Geometry) => Preprocessor;

/**
 * Returns whether a photo deserves another try: its decoder hung or crashed, which may
 * have been the fault of the machine.
 */
export function deservesAnother(made: unknown): made is Error {
  return made instanceof Error &&
    (!(made instanceof ImageError) || made instanceof LateImageError);
}
