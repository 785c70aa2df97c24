/**
 * Decoding images to pixels that stay.
 *
 * @module
 */

import { decodeImage } from "../../pipeline/image/decode.ts";
import type { RgbImage } from "../../pipeline/image/rgb_image.ts";

/** Decodes an image; its pixels are a copy. */
export function decodePixels(bytes: Uint8Array): Promise<RgbImage> {
  return decodeImage(
    bytes,
    (image) => ({ ...image, data: image.data.slice() }),
  );
}
