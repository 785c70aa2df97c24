/**
 * A photo with its heatmap over it, as one picture.
 *
 * @module
 */

import { inferno } from "./colour_map.ts";
import {
  type ClassMap,
  enlargeMap,
  HEATMAP_SIDE,
  heatmapOpacity,
} from "./heatmap.ts";

/** Reads a place of the enlarged map, between its four neighbours. */
function sample(map: Float64Array, x: number, y: number): number {
  const at = (value: number) =>
    Math.min(HEATMAP_SIDE - 1, Math.max(0, value * HEATMAP_SIDE - 0.5));
  const [across, down] = [at(x), at(y)];
  const [left, top] = [Math.floor(across), Math.floor(down)];
  const right = Math.min(HEATMAP_SIDE - 1, left + 1);
  const bottom = Math.min(HEATMAP_SIDE - 1, top + 1);
  const [tx, ty] = [across - left, down - top];
  const row = (y: number) =>
    map[y * HEATMAP_SIDE + left]! * (1 - tx) +
    map[y * HEATMAP_SIDE + right]! * tx;
  return row(top) * (1 - ty) + row(bottom) * ty;
}

/**
 * Draws a map over a photo. Where nothing speaks for the class, the photo is seen.
 *
 * Shapes: `pixels` u8 `[side, side, 3]`, RGB.
 *
 * @param pixels The photo, as the backbone saw it.
 * @param side Its side, in pixels.
 * @returns A PNG of the same size.
 */
export async function drawOverlay(
  pixels: Uint8Array,
  side: number,
  map: ClassMap,
): Promise<Uint8Array> {
  const { default: codec } = await import("imagescript/png/node.js");
  const large = enlargeMap(map);
  const strongest = large.reduce((a, b) => Math.max(a, b), 0);
  const blended = new Uint8Array(pixels.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = sample(large, (x + 0.5) / side, (y + 0.5) / side);
      const strength = strongest === 0 ? 0 : value / strongest;
      const opacity = heatmapOpacity(strength);
      const colour = inferno(strength);
      const start = (y * side + x) * 3;
      for (let c = 0; c < 3; c++) {
        const photo = pixels[start + c]!;
        blended[start + c] = Math.round(
          photo + (colour[c]! - photo) * opacity,
        );
      }
    }
  }
  const size = { width: side, height: side };
  return codec.encode(blended, { ...size, channels: 3, level: 6 });
}
