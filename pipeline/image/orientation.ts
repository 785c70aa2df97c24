/**
 * EXIF orientation: turning and mirroring pixels so that the photo is upright.
 *
 * Source: Exif 2.32, tag 0x0112; Pillow's `ImageOps.exif_transpose`.
 */

import type { RgbImage } from "./rgb_image.ts";

/**
 * Where a pixel of the upright image comes from: whether the axes are swapped,
 * and which axes of the stored image run backwards.
 */
const FROM: Readonly<
  Record<number, { swap: boolean; flipX: boolean; flipY: boolean }>
> = {
  2: { swap: false, flipX: true, flipY: false },
  3: { swap: false, flipX: true, flipY: true },
  4: { swap: false, flipX: false, flipY: true },
  5: { swap: true, flipX: false, flipY: false },
  6: { swap: true, flipX: false, flipY: true },
  7: { swap: true, flipX: true, flipY: true },
  8: { swap: true, flipX: true, flipY: false },
};

/**
 * Turns an image upright.
 *
 * @param image The image as it is stored.
 * @param orientation EXIF orientation, 1 to 8; any other value is 1.
 * @returns The upright image; `image` itself where there is nothing to do.
 */
export function applyOrientation(
  image: RgbImage,
  orientation: number,
): RgbImage {
  const from = FROM[orientation];
  if (from === undefined) return image;
  const { swap, flipX, flipY } = from;
  const { width, height, data } = image;
  const [outWidth, outHeight] = swap ? [height, width] : [width, height];
  const out = new Uint8Array(data.length);
  let o = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [sx, sy] = swap ? [y, x] : [x, y];
      const column = flipX ? width - 1 - sx : sx;
      const row = flipY ? height - 1 - sy : sy;
      const i = (row * width + column) * 3;
      out[o++] = data[i]!;
      out[o++] = data[i + 1]!;
      out[o++] = data[i + 2]!;
    }
  }
  return { width: outWidth, height: outHeight, data: out };
}
