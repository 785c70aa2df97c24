/**
 * Unpacking the strips and tiles of a TIFF, up to the size that they may have.
 */

import { Unzlib } from "fflate";
import { ImageError } from "../errors.ts";

/** Bytes that are unpacked at a time: Deflate makes a megabyte of a thousand. */
const PART_BYTES = 2 ** 12;

/** Says that a part unpacks to too much. */
function tooLong(most: number): ImageError {
  return new ImageError(
    `a strip or tile of it unpacks to more than the ${most} bytes of its pixels`,
  );
}

/**
 * Unpacks Deflate.
 *
 * @param most Bytes of its pixels.
 * @returns At most as many bytes.
 * @throws {ImageError} If there are more.
 */
export function unpackDeflate(packed: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  let length = 0;
  const inflate = new Unzlib((part) => {
    if (length + part.length > most) throw tooLong(most);
    out.set(part, length);
    length += part.length;
  });
  for (let at = 0; at < packed.length; at += PART_BYTES) {
    const part = packed.subarray(at, at + PART_BYTES);
    inflate.push(part, at + PART_BYTES >= packed.length);
  }
  return out.subarray(0, length);
}

/** Codes of LZW that stand for no bytes, and the first that stands for several. */
const CLEAR = 256;
const END = 257;
const FIRST = 258;

/** Codes there may be: those of 12 bits. */
const MOST_CODES = 4096;

/**
 * Unpacks LZW. Source: TIFF 6.0, section 13.
 *
 * @param most Bytes of its pixels.
 * @returns At most as many bytes; an end that is missing is no fault.
 * @throws {ImageError} If there are more, or a code stands for nothing.
 */
export function unpackLzw(packed: Uint8Array, most: number): Uint8Array {
  const out = new Uint8Array(most);
  // What a code stands for stands in what was unpacked: the bytes of the code before, and one more.
  const starts = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let [end, next, width, bit] = [0, FIRST, 9, 0];
  /** The bytes of the code before; -1 for none. */
  let [start, length] = [-1, 0];
  while (bit + width <= packed.length * 8) {
    // A code is within three bytes.
    const at = bit >>> 3;
    const window = packed[at]! << 16 | packed[at + 1]! << 8 | packed[at + 2]!;
    const code = window >>> 24 - width - (bit & 7) & (1 << width) - 1;
    bit += width;
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, start] = [FIRST, 9, -1];
      continue;
    }
    if (start >= 0 && next < MOST_CODES) {
      starts[next] = start;
      lengths[next] = length + 1;
      next++;
      if (next + 1 === 1 << width && width < 12) width++;
    }
    if (code >= next) throw new ImageError("a code of its LZW data is wrong");
    const from = starts[code]!;
    [start, length] = [end, code < CLEAR ? 1 : lengths[code]!];
    if (end + length > most) throw tooLong(most);
    if (code < CLEAR) out[end] = code;
    // One by one: the last byte may be the first that is copied.
    else for (let i = 0; i < length; i++) out[end + i] = out[from + i]!;
    end += length;
  }
  return out.subarray(0, end);
}
