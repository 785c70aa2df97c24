/** Normalization: stored pixels to the numbers of the first layer. */

import type { Normalization } from "../image/preprocessing.ts";

/** Horizontal views of an image that can be embedded. */
export type View = "plain" | "flipped";

/** Turns pixels into numbers; made once for a backbone. */
interface Normalizer {
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

/** Levels of a channel of a pixel. */
const LEVELS = 256;

/** How pixels are normalized: a table, and where its channels lie in RGB. */
interface LevelTable {
  /** The number of each level, F32 `[3, 256]`: one row a channel of the backbone. */
  levels: Float32Array;
  /** Channel of the image that is the first of the backbone: 0, or 2 for BGR. */
  firstChannel: 0 | 2;
}

/**
 * Makes the table of a normalization: `(x - mean) / std` by channel.
 *
 * @param normalization Channel order, means and standard deviations.
 */
export function levelTable(normalization: Normalization): LevelTable {
  const { channels, mean, std } = normalization;
  const levels = new Float32Array(3 * LEVELS);
  const { fround } = Math;
  mean.forEach((of, channel) => {
    // In 32 bits, as other frameworks do it.
    for (let level = 0; level < LEVELS; level++) {
      levels[channel * LEVELS + level] = fround(level - fround(of)) /
        fround(std[channel]!);
    }
  });
  return { levels, firstChannel: channels === "rgb" ? 0 : 2 };
}

/**
 * Makes a normalizer, which looks numbers up in the table of a normalization.
 *
 * @param normalization Channel order, means and standard deviations.
 */
export function makeNormalizer(normalization: Normalization): Normalizer {
  const { levels, firstChannel: firstAt } = levelTable(normalization);
  const [first, second, third] = [0, 1, 2].map((channel) =>
    levels.subarray(channel * LEVELS, (channel + 1) * LEVELS)
  ) as [Float32Array, Float32Array, Float32Array];
  const thirdAt = 2 - firstAt;
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
