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
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import type { Interpolation } from "./preprocessing.ts";
import {
  type Filter,
  FILTERS,
  planAxis,
  resampleColumns,
  resampleRows,
  type Span,
} from "./resample.ts";
import { resizeTf1 } from "./resize_tf1.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Resizes with a filter: along rows first, then along columns. */
function resizeFiltered(
  image: RgbImage,
  { size, box }: Required<ResizeOptions>,
  filter: Filter,
): RgbImage {
  const { width, height, data } = image;
  const across = planAxis(width, size.width, {
    filter,
    span: { first: box.left, count: box.width },
  });
  const down = planAxis(height, size.height, {
    filter,
    span: { first: box.top, count: box.height },
  });
  // Rows that no new one is made of are left out.
  const last = down.count - 1;
  const first = down.starts[0]!;
  const end = down.starts[last]! + down.lengths[last]!;
  const wanted = data.subarray(first * width * 3, end * width * 3);
  const rows = resampleRows(wanted, width, across);
  const stride = box.width * 3;
  const out = resampleColumns(rows, { stride, first, taps: down });
  freeBytes(rows);
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
  const columns = centersUnder(width, size.width, horizontal)
    .map((column) => column * 3);
  const rows = centersUnder(height, size.height, vertical);
  const out = new Uint8Array(box.width * box.height * 3);
  const from = new DataView(data.buffer, data.byteOffset, data.length);
  const to = new DataView(out.buffer);
  // Pixels that have another after them, in the old row and in the new.
  const last = columns.indexOf((width - 1) * 3);
  const followed = last < 0 ? columns.length - 1 : last;
  let o = 0;
  for (let y = 0; y < rows.length; y++) {
    const start = rows[y]! * width * 3;
    // Byte by byte takes 24 us for 96x96 pixels, this 14; the next pixel overwrites the fourth byte.
    for (let x = 0; x < followed; x++, o += 3) {
      to.setUint32(o, from.getUint32(start + columns[x]!));
    }
    for (let x = followed; x < columns.length; x++, o += 3) {
      const i = start + columns[x]!;
      out[o] = data[i]!;
      out[o + 1] = data[i + 1]!;
      out[o + 2] = data[i + 2]!;
    }
  }
  return { width: box.width, height: box.height, data: out };
}

/** A width and a height, in pixels. */
export interface Size {
  width: number;
  height: number;
}

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
 * @returns The resized image, or the wanted part of it.
 */
export function resizeImage(
  image: RgbImage,
  interpolation: Interpolation,
  options: ResizeOptions,
): RgbImage {
  const { size, box = { left: 0, top: 0, ...size } } = options;
  switch (interpolation) {
    case "nearest":
      return resizeNearest(image, { size, box });
    case "bilinear-tf1":
      return resizeTf1(image, { size, box });
    default:
      return resizeFiltered(image, { size, box }, FILTERS[interpolation]);
  }
}
