/** Decoded images with alpha. */

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
 * Refuses a frame that is not on its canvas; before it is decoded, where that is known.
 *
 * @param frame Where it is, and its size, in pixels.
 * @param canvas Size of the canvas, in pixels.
 * @throws {ImageError} If it reaches beyond the canvas.
 */
export function requireInside(
  frame: { left: number; top: number; width: number; height: number },
  canvas: { width: number; height: number },
): void {
  const { left, top, width, height } = frame;
  if (left + width <= canvas.width && top + height <= canvas.height) return;
  throw new ImageError("its first frame is larger than the picture");
}

/**
 * Puts a frame on its canvas, which is transparent.
 *
 * @param canvas Size of the canvas, in pixels.
 * @param place Where the frame is on it, in pixels.
 * @throws {ImageError} If the frame is not on the canvas.
 */
export function placeFrame(
  image: RgbaImage,
  canvas: { width: number; height: number },
  { left, top }: { left: number; top: number },
): RgbaImage {
  const { width, height } = canvas;
  const size = { width: image.width, height: image.height };
  requireInside({ left, top, ...size }, canvas);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < image.height; y++) {
    const start = y * image.width * 4;
    const row = image.rgba.subarray(start, start + image.width * 4);
    rgba.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, rgba };
}
