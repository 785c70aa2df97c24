/** From the bytes of a photo to the square image of a tensor. */

import { freeBytes } from "../artifact/free_bytes.ts";
import { planCrop } from "./crop.ts";
import { decodeImage } from "./decode.ts";
import type { TurboDecoder } from "./jpeg_turbo.ts";
import { applyOrientation } from "./orientation.ts";
import type { Geometry } from "./preprocessing.ts";
import { resizeImage } from "./resize.ts";
import type { RgbImage } from "./rgb_image.ts";

/**
 * Brings a decoded image to its square.
 *
 * @param image The image as it is stored.
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
    : resizeImage(upright, interpolation, planCrop(upright, geometry));
  if (upright !== image) freeBytes(upright.data);
  return square.data;
}

/**
 * Decodes a photo and brings it to its square.
 *
 * @param geometry What decides the pixels.
 * @param native Decodes JPEGs to the same pixels in less time.
 * @returns U8 `[imageSize, imageSize, 3]`, RGB.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export function preprocessImage(
  bytes: Uint8Array,
  geometry: Geometry,
  native?: TurboDecoder,
): Promise<Uint8Array> {
  const { transparency } = geometry;
  return decodeImage(
    bytes,
    (image, { orientation }) => applyGeometry(image, geometry, orientation),
    { transparency, native },
  );
}
