/**
 * Heatmaps: where a photo spoke for a class, as a picture to lay over it.
 *
 * @module
 */

import { inferno } from "./colour_map.ts";

/** Side of the picture, in pixels: browsers smooth the rest. */
export const HEATMAP_SIDE = 32;

/** How much of the photo the strongest place covers. */
const MOST_OPAQUE = 0.8;

/** Share of the strongest from which on a place is as opaque as that one. */
const FULL_FROM = 0.5;

/**
 * Says how much of the photo a place covers.
 *
 * @param strength How much it speaks for the class, 1 for the strongest place.
 * @returns The opacity, from 0 to {@linkcode MOST_OPAQUE}.
 */
export function heatmapOpacity(strength: number): number {
  return Math.min(1, strength / FULL_FROM) * MOST_OPAQUE;
}

/** A map of a class over a photo. */
export interface ClassMap {
  /** How much each place spoke for the class, f32 `[height, width]`; what is below 0 spoke against it. */
  values: Float32Array;
  /** Places from top to bottom. */
  height: number;
  /** Places from left to right. */
  width: number;
}

/**
 * Which old places make each new one along an axis; beyond the edge the last one
 * stands again. The way from one to the next is Hermite's: level at both ends, and
 * never beyond them.
 */
function axisTaps(from: number): { index: number; weight: number }[][] {
  return Array.from({ length: HEATMAP_SIDE }, (_, i) => {
    const center = (i + 0.5) * from / HEATMAP_SIDE - 0.5;
    const first = Math.floor(center);
    const t = center - first;
    const step = t * t * (3 - 2 * t);
    return [
      { index: Math.max(0, first), weight: 1 - step },
      { index: Math.min(from - 1, first + 1), weight: step },
    ];
  });
}

/**
 * Enlarges the positive part of a map, smoothly.
 *
 * @returns F64 `[32, 32]`, none below 0.
 */
export function enlargeMap({ values, height, width }: ClassMap): Float64Array {
  const [down, across] = [axisTaps(height), axisTaps(width)];
  const large = new Float64Array(HEATMAP_SIDE ** 2);
  down.forEach((rows, y) =>
    across.forEach((columns, x) => {
      let sum = 0;
      for (const row of rows) {
        for (const column of columns) {
          const value = values[row.index * width + column.index]!;
          sum += Math.max(0, value) * row.weight * column.weight;
        }
      }
      large[y * HEATMAP_SIDE + x] = sum;
    })
  );
  return large;
}

/**
 * Draws maps of one photo as PNGs with alpha, by one scale: the strongest place of
 * all is 1, and where nothing speaks for the class the photo is seen.
 *
 * @returns A square PNG each; places that are not finite count as 0.
 */
export async function drawHeatmaps(
  maps: readonly ClassMap[],
): Promise<Uint8Array[]> {
  const { default: codec } = await import("imagescript/png/node.js");
  const finite = maps.map((map) => ({
    ...map,
    values: map.values.map((value) => Number.isFinite(value) ? value : 0),
  }));
  const large = finite.map(enlargeMap);
  const strongest = large.reduce(
    (most, map) => map.reduce((a, b) => Math.max(a, b), most),
    0,
  );
  const size = { width: HEATMAP_SIDE, height: HEATMAP_SIDE };
  return large.map((map) => {
    const pixels = new Uint8Array(HEATMAP_SIDE ** 2 * 4);
    map.forEach((value, i) => {
      const strength = strongest === 0 ? 0 : value / strongest;
      const opacity = heatmapOpacity(strength);
      pixels.set([...inferno(strength), Math.round(opacity * 255)], i * 4);
    });
    return codec.encode(pixels, { ...size, channels: 4, level: 9 });
  });
}
