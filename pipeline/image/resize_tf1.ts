/**
 * The bilinear resize of TensorFlow 1: not antialiased, and the pixels of both
 * grids begin at the same corner.
 *
 * TensorFlow hands on fractions of a level; here they are rounded, as tensors hold
 * whole levels: a difference of half a level at most.
 *
 * Source: TensorFlow, `core/kernels/image/resize_bilinear_op.cc` with
 * `align_corners` and `half_pixel_centers` false, in 32-bit numbers.
 */

import type { CenterCrop } from "./crop.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Where the new positions of an axis lie between two old ones. */
interface Lerp {
  lower: Int32Array;
  upper: Int32Array;
  /** Share of the upper position. */
  share: Float32Array;
}

/** Computes the two old positions of each new one along part of an axis. */
function planLerp(
  from: number,
  to: number,
  span: { first: number; count: number },
): Lerp {
  const scale = Math.fround(from / to);
  const lower = new Int32Array(span.count);
  const upper = new Int32Array(span.count);
  const share = new Float32Array(span.count);
  for (let i = 0; i < span.count; i++) {
    const place = Math.fround((span.first + i) * scale);
    lower[i] = Math.max(0, Math.floor(place));
    upper[i] = Math.min(lower[i]! + 1, from - 1);
    share[i] = place - Math.floor(place);
  }
  return { lower, upper, share };
}

/** Moves from one level towards another, in 32 bits. */
function between(from: number, to: number, share: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * share));
}

/**
 * Resizes an image as TensorFlow 1 does.
 *
 * @returns The resized image, or the wanted part of it.
 */
export function resizeTf1(
  image: RgbImage,
  { size, box }: CenterCrop,
): RgbImage {
  const { width, height, data } = image;
  const across = planLerp(width, size.width, {
    first: box.left,
    count: box.width,
  });
  const down = planLerp(height, size.height, {
    first: box.top,
    count: box.height,
  });
  const out = new Uint8Array(box.width * box.height * 3);
  let o = 0;
  for (let y = 0; y < box.height; y++) {
    const above = down.lower[y]! * width;
    const below = down.upper[y]! * width;
    for (let x = 0; x < box.width; x++) {
      const left = across.lower[x]!;
      const right = across.upper[x]!;
      const share = across.share[x]!;
      for (let c = 0; c < 3; c++) {
        const level = (row: number, column: number) =>
          data[(row + column) * 3 + c]!;
        const top = between(level(above, left), level(above, right), share);
        const bottom = between(level(below, left), level(below, right), share);
        out[o++] = Math.round(between(top, bottom, down.share[y]!));
      }
    }
  }
  return { width: box.width, height: box.height, data: out };
}
