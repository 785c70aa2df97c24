/**
 * From the bytes of a photo to the square image of a tensor.
 *
 * @module
 */

import { decodeImage } from "./decode.ts";
import { applyOrientation } from "./orientation.ts";
import type { Geometry } from "./preprocessing.ts";
import { resizeImage } from "./resize.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Rounds half to even, as Python's `round` does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Resizes the short side and cuts the centre.
 *
 * The long side is rounded and an odd margin leaves its extra pixel at the right
 * and at the bottom. (torchvision truncates the long side: a difference of at
 * most one pixel.)
 */
function resizeAndCrop(image: RgbImage, geometry: Geometry): RgbImage {
  const { imageSize, shortSide, interpolation } = geometry;
  const { width, height } = image;
  const scale = shortSide / Math.min(width, height);
  const size = {
    width: roundHalfEven(width * scale),
    height: roundHalfEven(height * scale),
  };
  const box = {
    left: Math.floor((size.width - imageSize) / 2),
    top: Math.floor((size.height - imageSize) / 2),
    width: imageSize,
    height: imageSize,
  };
  return resizeImage(image, interpolation, { size, box });
}

/**
 * Brings a decoded image to its square.
 *
 * @param image The image as it is stored.
 * @param geometry Size, resize, filter, and whether the orientation is applied.
 * @param orientation EXIF orientation of the image, 1 to 8.
 * @returns U8 `[imageSize, imageSize, 3]`, RGB.
 */
export function applyGeometry(
  image: RgbImage,
  geometry: Geometry,
  orientation: number,
): Uint8Array {
  const { imageSize: side, resize, interpolation } = geometry;
  const upright = geometry.orientation === "apply"
    ? applyOrientation(image, orientation)
    : image;
  const square = resize === "stretch"
    ? resizeImage(upright, interpolation, {
      size: { width: side, height: side },
    })
    : resizeAndCrop(upright, geometry);
  return square.data;
}

/**
 * Decodes a photo and brings it to its square.
 *
 * @param bytes The file.
 * @param geometry What decides the pixels.
 * @returns U8 `[imageSize, imageSize, 3]`, RGB.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export function preprocessImage(
  bytes: Uint8Array,
  geometry: Geometry,
): Promise<Uint8Array> {
  return decodeImage(
    bytes,
    (image, { orientation }) => applyGeometry(image, geometry, orientation),
  );
}
