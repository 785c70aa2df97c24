/** Gray images as RGB. */

import { freeBytes } from "../artifact/free_bytes.ts";

/**
 * Repeats a gray level for each channel.
 *
 * @param gray U8 `[height, width]`; empty afterwards.
 * @returns U8 `[height, width, 3]`.
 */
export function expandGray(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3);
  let o = 0;
  for (let i = 0; i < gray.length; i++) {
    const level = gray[i]!;
    rgb[o++] = level;
    rgb[o++] = level;
    rgb[o++] = level;
  }
  freeBytes(gray);
  return rgb;
}
