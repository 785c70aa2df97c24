/**
 * Heatmaps: how much each part of a photo supports a class, as a picture to lay over it.
 */

import type { ShownImage } from "../image/show.ts";

/** Side of the picture, in pixels: browsers smooth the rest. */
export const HEATMAP_SIDE = 32;

/** How much of the photo the strongest place covers. */
const MOST_OPAQUE = 0.8;

/** Share of the strongest from which on a place is as opaque as that one. */
const FULL_FROM = 0.5;

/**
 * Says how much of the photo a place covers.
 *
 * @param strength How much it supports the class, 1 for the strongest place.
 * @returns The opacity, from 0 to {@linkcode MOST_OPAQUE}.
 */
function heatmapOpacity(strength: number): number {
  return Math.min(1, strength / FULL_FROM) * MOST_OPAQUE;
}

/** A map of a class over a photo. */
export interface ClassMap {
  /** How much each place supports the class, f32 `[height, width]`; below 0 it contradicts it. */
  values: Float32Array;
  /** Places from top to bottom. */
  height: number;
  /** Places from left to right. */
  width: number;
}

/**
 * Which old places make each new one along an axis; beyond the edge the last one
 * is repeated. Values in between follow Hermite's curve, which is level at both ends
 * and never overshoots.
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
 * Paints maps of one photo with alpha, by one scale: the strongest place of all is 1,
 * and where nothing supports the class the photo stays visible.
 *
 * @returns U8 `[32, 32, 4]` each; places that are not finite count as 0.
 */
export function paintHeatmaps(maps: readonly ClassMap[]): Uint8Array[] {
  const finite = maps.map((map) => ({
    ...map,
    values: map.values.map((value) => Number.isFinite(value) ? value : 0),
  }));
  const large = finite.map(enlargeMap);
  const strongest = large.reduce(
    (most, map) => map.reduce((a, b) => Math.max(a, b), most),
    0,
  );
  return large.map((map) => {
    const pixels = new Uint8Array(HEATMAP_SIDE ** 2 * 4);
    map.forEach((value, i) => {
      const strength = strongest === 0 ? 0 : value / strongest;
      const opacity = heatmapOpacity(strength);
      pixels.set([...inferno(strength), Math.round(opacity * 255)], i * 4);
    });
    return pixels;
  });
}

/**
 * Draws maps of one photo as PNGs, as {@linkcode paintHeatmaps} paints them.
 *
 * @returns A square PNG each.
 */
export async function drawHeatmaps(
  maps: readonly ClassMap[],
): Promise<Uint8Array[]> {
  const { default: codec } = await import("imagescript/png/node.js");
  const size = { width: HEATMAP_SIDE, height: HEATMAP_SIDE };
  return paintHeatmaps(maps).map((pixels) =>
    codec.encode(pixels, { ...size, channels: 4, level: 9 })
  );
}

/** Colours of 0, 1/8, … 1: RGB. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [33, 12, 74],
  [87, 16, 110],
  [138, 34, 106],
  [188, 55, 84],
  [228, 90, 49],
  [249, 142, 9],
  [249, 203, 53],
  [252, 255, 164],
];

/**
 * Returns the colour of a value.
 *
 * @param value The value; below 0 counts as 0, above 1 as 1.
 * @returns Red, green and blue, 0 to 255, whole numbers.
 */
export function inferno(value: number): [number, number, number] {
  const last = STOPS.length - 1;
  const position = Math.min(1, Math.max(0, value)) * last;
  const index = Math.min(last - 1, Math.floor(position));
  const share = position - index;
  const [from, to] = [STOPS[index]!, STOPS[index + 1]!];
  const mix = (c: 0 | 1 | 2) => Math.round(from[c] + (to[c] - from[c]) * share);
  return [mix(0), mix(1), mix(2)];
}

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
 * Draws a map over a photo. Where nothing supports the class, and where the network saw
 * nothing, the photo stays as it is.
 *
 * @param photo The photo, and the part of it that the map is of.
 * @returns A PNG of the same size.
 */
export async function drawOverlay(
  { width, height, data: pixels, seen }: ShownImage,
  map: ClassMap,
): Promise<Uint8Array> {
  const { default: codec } = await import("imagescript/png/node.js");
  const large = enlargeMap(map);
  const strongest = large.reduce((a, b) => Math.max(a, b), 0);
  const blended = pixels.slice();
  for (let y = 0; y < height; y++) {
    const down = (y + 0.5 - seen.top) / seen.height;
    if (down < 0 || down > 1) continue;
    for (let x = 0; x < width; x++) {
      const across = (x + 0.5 - seen.left) / seen.width;
      if (across < 0 || across > 1) continue;
      const value = sample(large, across, down);
      const strength = strongest === 0 ? 0 : value / strongest;
      const opacity = heatmapOpacity(strength);
      const colour = inferno(strength);
      const start = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const photo = pixels[start + c]!;
        blended[start + c] = Math.round(
          photo + (colour[c]! - photo) * opacity,
        );
      }
    }
  }
  return codec.encode(blended, { width, height, channels: 3, level: 6 });
}
