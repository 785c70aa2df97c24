/**
 * Decoded images with alpha.
 *
 * @module
 */

import { ImageError } from "../errors.ts";

/** A decoded image with alpha. */
export interface RgbaImage {
  width: number;
  height: number;
  /** U8 `[height, width, 4]`. */
  rgba: Uint8Array | Uint8ClampedArray;
}

/** Decodes the bytes of a file; throws if they are damaged. */
export type RgbaDecoder = (
  bytes: Uint8Array,
) => RgbaImage | Promise<RgbaImage>;

/**
 * Puts a frame on its canvas, which is transparent.
 *
 * @param image The frame.
 * @param canvas Size of the canvas, in pixels.
 * @param place Where the frame is on it, in pixels.
 * @returns The canvas.
 * @throws {ImageError} If the frame is not on the canvas.
 */
export function placeFrame(
  image: RgbaImage,
  canvas: { width: number; height: number },
  { left, top }: { left: number; top: number },
): RgbaImage {
  const { width, height } = canvas;
  const fits = left + image.width <= width && top + image.height <= height;
  if (!fits) throw new ImageError("its first frame is larger than the picture");
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < image.height; y++) {
    const start = y * image.width * 4;
    const row = image.rgba.subarray(start, start + image.width * 4);
    rgba.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, rgba };
}
