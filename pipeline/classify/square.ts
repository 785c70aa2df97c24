/** From a photo to the square that the backbone sees. */

import { sha256 } from "../artifact/digest.ts";
import { applyGeometry } from "../image/preprocess.ts";
import { deservesAnother, type Preprocessor } from "../image/preprocessor.ts";
import { isPixels, type Photo, readPhoto, toRgb } from "./photo.ts";
import type { TrainedModel } from "./trained_model.ts";

/** A photo that was read. */
interface Square {
  /** SHA-256 of the file, or of the pixels, in hex. */
  digest: string;
  /** U8 `[side, side, 3]`, RGB. */
  square: Uint8Array;
}

/**
 * Reads a photo and brings it to its square.
 *
 * @throws {TypeError} If it is nothing that can be classified.
 * @throws {ImageError} If it is no image that can be used.
 * @throws {FileAccessError} If it cannot be read.
 */
export async function makeSquare(
  photo: Photo,
  parts: { model: TrainedModel; preprocessor: Preprocessor },
  signal: AbortSignal | undefined,
): Promise<Square> {
  const { model: { preprocessing: { geometry } }, preprocessor } = parts;
  if (isPixels(photo)) {
    const data = toRgb(photo);
    const { width, height } = photo;
    const square = applyGeometry({ width, height, data }, geometry, 1);
    return { digest: await sha256(data), square };
  }
  const bytes = await readPhoto(photo);
  const digest = await sha256(bytes);
  try {
    return { digest, square: await preprocessor.preprocess(bytes, signal) };
  } catch (error) {
    const { again } = preprocessor;
    if (!again || !deservesAnother(error)) throw error;
    return { digest, square: await again(await readPhoto(photo), signal) };
  }
}
