/**
 * Resampling along one axis with a filter, by Pillow's rules.
 *
 * Source: the algorithm of Pillow 9.4, `src/libImaging/Resample.c`.
 */

import type { Interpolation } from "./preprocessing.ts";

/** Fraction bits of a coefficient: 32, less 8 of the pixel, less 2 for overshoot. */
const PRECISION_BITS = 32 - 8 - 2;

/** Half a level: sums begin with it, so that they are rounded. */
const HALF = 1 << (PRECISION_BITS - 1);

export interface Filter {
  /** Distance at which it ends, in pixels. */
  support: number;
  /** Its value at a distance. */
  weight: (x: number) => number;
}

/** The filters. Bicubic is Keys' with a = -0.5. */
export const FILTERS: Record<
  Exclude<Interpolation, "nearest" | "bilinear-tf1">,
  Filter
> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (distance) => {
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
      return 0;
    },
  },
};

/** Which old positions make each new one along part of an axis. */
export interface Taps {
  /** New positions. */
  count: number;
  /** I32 `[count]`: the first old position of each. */
  starts: Int32Array;
  /** I32 `[count]`: how many old positions make it. */
  lengths: Int32Array;
  /** I32 `[count, most]`: their weights. */
  weights: Int32Array;
  /** Most weights of a new position. */
  most: number;
}

/** Part of an axis. */
export interface Span {
  /** The first new position that is wanted. */
  first: number;
  /** How many are wanted. */
  count: number;
}

/**
 * Computes which old positions make each new one along part of an axis.
 *
 * @param from Old length of the axis.
 * @param to New length of the axis.
 * @returns The old positions, and their weights.
 */
export function planAxis(
  from: number,
  to: number,
  options: { filter: Filter; span: Span },
): Taps {
  const { filter, span: { first, count } } = options;
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const most = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const lengths = new Int32Array(count);
  const weights = new Int32Array(count * most);
  const exact = new Float64Array(most);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const length = end - start;
    let sum = 0;
    for (let j = 0; j < length; j++) {
      exact[j] = filter.weight((start + j - center + 0.5) / filterScale);
      sum += exact[j]!;
    }
    for (let j = 0; j < length; j++) {
      const fixed = exact[j]! / sum * 2 ** PRECISION_BITS;
      weights[i * most + j] = fixed < 0 ? fixed - 0.5 : fixed + 0.5;
    }
    starts[i] = start;
    lengths[i] = length;
  }
  return { count, starts, lengths, weights, most };
}

/** Limits a sum to a byte. */
function toLevel(sum: number): number {
  const level = sum >> PRECISION_BITS;
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/**
 * Resamples rows.
 *
 * Sums stay within 32 bits, so `Math.imul` keeps them integers all the way.
 *
 * @param source U8 `[rows, width, 3]`.
 * @param width Width of an old row, in pixels.
 * @param taps What makes each pixel of a new row.
 * @returns U8 `[rows, taps.count, 3]`.
 */
export function resampleRows(
  source: Uint8Array,
  width: number,
  taps: Taps,
): Uint8Array {
  const { count, starts, lengths, weights, most } = taps;
  const rows = source.length / (width * 3);
  const target = new Uint8Array(rows * count * 3);
  let o = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) {
      let p = (row * width + starts[i]!) * 3;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const end = i * most + lengths[i]!;
      for (let w = i * most; w < end; w++, p += 3) {
        const weight = weights[w]!;
        red = red + Math.imul(source[p]!, weight) | 0;
        green = green + Math.imul(source[p + 1]!, weight) | 0;
        blue = blue + Math.imul(source[p + 2]!, weight) | 0;
      }
      target[o] = toLevel(red);
      target[o + 1] = toLevel(green);
      target[o + 2] = toLevel(blue);
      o += 3;
    }
  }
  return target;
}

/**
 * Resamples columns.
 *
 * @param source U8 `[rows, stride]`.
 * @param options Bytes of a row, the old position of the first, and what makes each new one.
 * @returns U8 `[taps.count, stride]`.
 */
export function resampleColumns(
  source: Uint8Array,
  options: { stride: number; first: number; taps: Taps },
): Uint8Array {
  const { stride, first, taps } = options;
  const { count, starts, lengths, weights, most } = taps;
  const target = new Uint8Array(count * stride);
  const sums = new Int32Array(stride);
  for (let i = 0; i < count; i++) {
    sums.fill(HALF);
    for (let j = 0; j < lengths[i]!; j++) {
      const weight = weights[i * most + j]!;
      const p = (starts[i]! - first + j) * stride;
      for (let x = 0; x < stride; x++) {
        sums[x] = sums[x]! + Math.imul(source[p + x]!, weight);
      }
    }
    for (let x = 0; x < stride; x++) target[i * stride + x] = toLevel(sums[x]!);
  }
  return target;
}
