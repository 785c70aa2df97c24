/**
 * Resizing by Pillow's rules.
 *
 * Nearest takes the pixel under the centre of the new one. Bilinear and bicubic
 * are antialiased: the filter grows with the reduction. They run along rows,
 * then along columns, with 8-bit pixels between and fixed-point coefficients,
 * so that results equal Pillow's to the bit, given the same pixels.
 *
 * Source: the algorithm of Pillow 9.4, `src/libImaging/Resample.c` (filters) and
 * `Geometry.c` (nearest).
 *
 * @module
 */

import type { Interpolation } from "./preprocessing.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Fraction bits of a coefficient: 32, less 8 of the pixel, less 2 for overshoot. */
const PRECISION_BITS = 32 - 8 - 2;

/** A filter: its value at a distance, and where it ends. */
interface Filter {
  support: number;
  weight: (x: number) => number;
}

/** The filters. Bicubic is Keys' with a = -0.5. */
const FILTERS: Record<Exclude<Interpolation, "nearest">, Filter> = {
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

/** For each new position: the first old one, and the weights of it and those after. */
interface Taps {
  starts: Int32Array;
  weights: Int32Array[];
}

/** Part of an axis: the first new position that is wanted, and how many. */
interface Span {
  first: number;
  count: number;
}

/** Computes which old pixels make each new one along part of an axis. */
function planAxis(
  from: number,
  to: number,
  options: { filter: Filter; span: Span },
): Taps {
  const { filter, span: { first, count } } = options;
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const starts = new Int32Array(count);
  const weights = Array.from({ length: count }, (_, i) => {
    const center = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    starts[i] = start;
    const exact = Array.from(
      { length: end - start },
      (_, j) => filter.weight((start + j - center + 0.5) / filterScale),
    );
    const sum = exact.reduce((a, b) => a + b, 0);
    return Int32Array.from(exact, (w) => {
      const fixed = w / sum * 2 ** PRECISION_BITS;
      return fixed < 0 ? Math.trunc(fixed - 0.5) : Math.trunc(fixed + 0.5);
    });
  });
  return { starts, weights };
}

/**
 * Resamples along one axis. A line is a row or a column; `step` is the distance
 * of neighbours on a line, `next` that of neighbouring lines, in elements.
 */
function resampleAxis(
  source: Uint8Array,
  target: Uint8Array,
  axis: { taps: Taps; lines: number; from: Strides; to: Strides },
): void {
  const { taps: { starts, weights }, lines, from, to } = axis;
  const half = 1 << (PRECISION_BITS - 1);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < starts.length; i++) {
      const taps = weights[i]!;
      let p = line * from.next + starts[i]! * from.step;
      let [red, green, blue] = [half, half, half];
      for (let j = 0; j < taps.length; j++, p += from.step) {
        const weight = taps[j]!;
        red += source[p]! * weight;
        green += source[p + 1]! * weight;
        blue += source[p + 2]! * weight;
      }
      const o = line * to.next + i * to.step;
      target[o] = clamp(red >> PRECISION_BITS);
      target[o + 1] = clamp(green >> PRECISION_BITS);
      target[o + 2] = clamp(blue >> PRECISION_BITS);
    }
  }
}

/** Distances in elements: between pixels of a line, and between lines. */
interface Strides {
  step: number;
  next: number;
}

/** Limits a value to a byte. */
function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Resizes with a filter: along rows first, then along columns. */
function resizeFiltered(
  image: RgbImage,
  { size, box }: Required<ResizeOptions>,
  filter: Filter,
): RgbImage {
  const { width, height, data } = image;
  const rows = new Uint8Array(box.width * height * 3);
  resampleAxis(data, rows, {
    taps: planAxis(width, size.width, {
      filter,
      span: { first: box.left, count: box.width },
    }),
    lines: height,
    from: { step: 3, next: width * 3 },
    to: { step: 3, next: box.width * 3 },
  });
  const out = new Uint8Array(box.width * box.height * 3);
  resampleAxis(rows, out, {
    taps: planAxis(height, size.height, {
      filter,
      span: { first: box.top, count: box.height },
    }),
    lines: box.width,
    from: { step: box.width * 3, next: 3 },
    to: { step: box.width * 3, next: 3 },
  });
  return { width: box.width, height: box.height, data: out };
}

/**
 * The old position under the centre of each new one, along part of an axis.
 *
 * Pillow adds the step again and again, so rounding errors decide which pixel is
 * taken where a centre falls between two; the same sum is made here.
 */
function centersUnder(from: number, to: number, span: Span): Int32Array {
  const step = from / to;
  const positions = new Int32Array(span.count);
  let center = step * 0.5;
  for (let i = 0; i < span.first + span.count; i++, center += step) {
    if (i >= span.first) positions[i - span.first] = Math.trunc(center);
  }
  return positions;
}

/** Resizes by taking the pixel under the centre of each new one. */
function resizeNearest(
  image: RgbImage,
  { size, box }: Required<ResizeOptions>,
): RgbImage {
  const { width, height, data } = image;
  const horizontal = { first: box.left, count: box.width };
  const vertical = { first: box.top, count: box.height };
  const columns = centersUnder(width, size.width, horizontal);
  const rows = centersUnder(height, size.height, vertical);
  const out = new Uint8Array(box.width * box.height * 3);
  let o = 0;
  for (const row of rows) {
    for (const column of columns) {
      const i = (row * width + column) * 3;
      out[o++] = data[i]!;
      out[o++] = data[i + 1]!;
      out[o++] = data[i + 2]!;
    }
  }
  return { width: box.width, height: box.height, data: out };
}

/** A width and a height, in pixels. */
export interface Size {
  /** Width. */
  width: number;
  /** Height. */
  height: number;
}

/** What a resize makes. */
export interface ResizeOptions {
  /** Size of the whole resized image. */
  size: Size;
  /** The part of it that is made; all of it if not given. */
  box?: Size & { left: number; top: number };
}

/**
 * Resizes an image.
 *
 * With a `box`, what lies outside it is never computed, so that a photo of
 * extreme shape costs no more than any other.
 *
 * @param image The image.
 * @param interpolation The filter.
 * @param options The new size, and the part that is wanted.
 * @returns The resized image, or the wanted part of it.
 */
export function resizeImage(
  image: RgbImage,
  interpolation: Interpolation,
  options: ResizeOptions,
): RgbImage {
  const { size, box = { left: 0, top: 0, ...size } } = options;
  return interpolation === "nearest"
    ? resizeNearest(image, { size, box })
    : resizeFiltered(image, { size, box }, FILTERS[interpolation]);
}
