/**
 * The confusion matrix as a picture: a square a cell, the darker the larger its
 * share of the true class.
 *
 * @module
 */

import type { EventImage } from "./event_file.ts";

/** Side of a picture of few classes, in pixels; with more classes a pixel a cell. */
const SIDE = 480;

/** Largest side of a cell, in pixels. */
const LARGEST_CELL = 48;

/** Colour of no samples and of all, RGB: the ends of the scale "Blues". */
const [NONE, ALL] = [[247, 251, 255], [8, 48, 107]] as const;

/** Colours of the cells of a row, RGB. */
function rowColours(counts: readonly number[]): number[][] {
  const support = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => {
    const share = support === 0 ? 0 : count / support;
    return NONE.map((level, c) =>
      Math.round(level + (ALL[c]! - level) * share)
    );
  });
}

/**
 * Draws a confusion matrix as a PNG. True classes go down, predicted ones right.
 *
 * @param confusion For each true label its counts by predicted label; square.
 */
export async function drawConfusion(
  confusion: readonly (readonly number[])[],
): Promise<EventImage> {
  const { default: codec } = await import("imagescript/png/node.js");
  const classCount = confusion.length;
  const fitting = Math.floor(SIDE / classCount);
  const cell = Math.max(1, Math.min(LARGEST_CELL, fitting));
  const side = cell * classCount;
  const pixels = new Uint8Array(side * side * 3);
  confusion.forEach((counts, label) => {
    const row = rowColours(counts)
      .flatMap((colour) => Array.from({ length: cell }, () => colour).flat());
    for (let y = label * cell; y < (label + 1) * cell; y++) {
      pixels.set(row, y * side * 3);
    }
  });
  const options = { width: side, height: side, channels: 3, level: 6 };
  const png: Uint8Array = codec.encode(pixels, options);
  return { width: side, height: side, png };
}
