/**
 * Normalization: stored pixels to the numbers of the first layer.
 *
 * @module
 */

import type { Normalization } from "../image/preprocessing.ts";
import type { View } from "./engine.ts";

/** Turns pixels into numbers; made once for a backbone. */
export interface Normalizer {
  /**
   * Normalizes images of one view.
   *
   * Shapes: `images` U8 `[count, S, S, 3]`, RGB; writes the first `count` rows
   * of `target` F32 `[batch, S, S, 3]` and zeros after them.
   */
  (
    images: Uint8Array,
    options: { view: View; imageSize: number; target: Float32Array },
  ): void;
}

/** The 256 levels of a channel, normalized in 32 bits as other frameworks do it. */
function levels(mean: number, std: number): Float32Array {
  const { fround } = Math;
  return Float32Array.from(
    { length: 256 },
    (_, level) => fround(level - fround(mean)) / fround(std),
  );
}

/**
 * Makes a normalizer: `(x - mean) / std` by channel, looked up in a table of the
 * 256 levels.
 *
 * @param normalization Channel order, means and standard deviations.
 * @returns The normalizer.
 */
export function makeNormalizer(normalization: Normalization): Normalizer {
  const { channels, mean, std } = normalization;
  const first = levels(mean[0], std[0]);
  const second = levels(mean[1], std[1]);
  const third = levels(mean[2], std[2]);
  // Where the first and the third channel of the backbone lie in RGB.
  const [firstAt, thirdAt] = channels === "rgb" ? [0, 2] : [2, 0];
  return (images, { view, imageSize, target }) => {
    target.fill(0, images.length);
    const rowLength = imageSize * 3;
    const step = view === "plain" ? 3 : -3;
    for (let row = 0; row < images.length; row += rowLength) {
      let from = view === "plain" ? row : row + rowLength - 3;
      for (let to = row; to < row + rowLength; to += 3, from += step) {
        target[to] = first[images[from + firstAt]!]!;
        target[to + 1] = second[images[from + 1]!]!;
        target[to + 2] = third[images[from + thirdAt]!]!;
      }
    }
  };
}
