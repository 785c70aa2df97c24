/** A photo as a person sees it, and the part of it that the network saw. */

import { planCrop } from "./crop.ts";
import { decodeImage } from "./decode.ts";
import { applyOrientation } from "./orientation.ts";
import type { Geometry } from "./preprocessing.ts";
import { resizeImage, type ResizeOptions } from "./resize.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Longest side of a photo that is shown, in pixels. */
const LONGEST = 1024;

/** A photo in its own shape. */
export interface ShownImage extends RgbImage {
  /** The part that becomes the square, in pixels of this image. */
  seen: Required<ResizeOptions>["box"];
}

/**
 * Brings an image to a size that is looked at.
 *
 * @param image The image as it is stored.
 * @param orientation EXIF orientation of the image, 1 to 8.
 * @returns The image, at most 1024 pixels long.
 */
export function toShown(
  image: RgbImage,
  geometry: Geometry,
  orientation: number,
): ShownImage {
  const upright = geometry.orientation === "apply"
    ? applyOrientation(image, orientation)
    : image;
  const scale = Math.min(1, LONGEST / Math.max(upright.width, upright.height));
  const size = {
    width: Math.max(1, Math.round(upright.width * scale)),
    height: Math.max(1, Math.round(upright.height * scale)),
  };
  const shown = scale < 1
    ? resizeImage(upright, "bilinear", { size })
    : upright;
  if (geometry.resize === "stretch") {
    return { ...shown, seen: { left: 0, top: 0, ...size } };
  }
  const { size: whole, box } = planCrop(upright, geometry);
  const [across, down] = [
    size.width / whole.width,
    size.height / whole.height,
  ];
  const seen = {
    left: box.left * across,
    top: box.top * down,
    width: box.width * across,
    height: box.height * down,
  };
  return { ...shown, seen };
}

/**
 * Decodes a photo to look at.
 *
 * @returns The photo, at most 1024 pixels long.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export function showImage(
  bytes: Uint8Array,
  geometry: Geometry,
): Promise<ShownImage> {
  const { transparency } = geometry;
  return decodeImage(
    bytes,
    (image, { orientation }) => {
      const shown = toShown(image, geometry, orientation);
      // A small photo is shown as it is.
      const data = shown.data === image.data ? image.data.slice() : shown.data;
      return { ...shown, data };
    },
    { transparency },
  );
}
