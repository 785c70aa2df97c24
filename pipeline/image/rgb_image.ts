/** Decoded images. */

/** A decoded image: RGB, 8 bits a channel, without alpha. */
export interface RgbImage {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** U8 `[height, width, 3]`. */
  data: Uint8Array;
}
