/** Thumbnails: what the backbone saw of a photo, small. */

import { encodeJpeg } from "../image/encode_jpeg.ts";
import { resizeImage } from "../image/resize.ts";

/** Largest side of a thumbnail, in pixels. */
const THUMBNAIL_SIDE = 112;

/** Quality of libjpeg: 3 to 4 kB at 96 pixels, and no block is seen. */
const QUALITY = 75;

/**
 * Returns the side of the thumbnails of images.
 *
 * @param imageSize Side of a square image, in pixels.
 * @returns The side in pixels: that of the image where it is small.
 */
export function thumbnailSide(imageSize: number): number {
  return Math.min(THUMBNAIL_SIDE, imageSize);
}

/**
 * Makes a thumbnail of an image: a JPEG of {@linkcode thumbnailSide}.
 *
 * Shapes: `pixels` u8 `[S, S, 3]`.
 *
 * @param pixels The image, as a row of a tensor shard holds it.
 * @param imageSize Its side S, in pixels.
 */
export async function encodeThumbnail(
  pixels: Uint8Array,
  imageSize: number,
): Promise<Uint8Array> {
  const image = { width: imageSize, height: imageSize, data: pixels };
  const side = thumbnailSide(imageSize);
  const size = { width: side, height: side };
  const small = side === imageSize
    ? image
    : resizeImage(image, "bilinear", { size });
  return await encodeJpeg(small, QUALITY);
}
