/**
 * Snappy, the compression of table blocks.
 *
 * The package `snappyjs` was used and is not any more: a literal of 2^31 bytes or
 * more made it go backward for ever, and what was missing at the end it left zero,
 * so that each element had to be checked before; with the check, copying the
 * bytes is all that is left to do.
 *
 * Source: https://github.com/google/snappy/blob/main/format_description.txt.
 */

import { decodeVarint, toUnsigned } from "./protobuf_varint.ts";
import { checkpointError } from "./format_errors.ts";

/**
 * Most bytes that a block may decompress to. TensorFlow cuts blocks of an index
 * at 256 kB; the largest tensor of a ResNet-101, alone in its block, has 9.4 MB.
 */
const MAX_SNAPPY_BYTES = 64 * 2 ** 20;

/** Most bytes that a byte can become: the densest element makes 64 from 3. */
const MAX_SNAPPY_RATIO = 22;

/** An element of a stream: bytes that follow, or a copy of earlier ones. */
interface Element {
  /** Bytes it makes. */
  size: number;
  /** How far back a copy starts; 0 for bytes that follow. */
  distance: number;
  /** The byte after it. */
  end: number;
}

/** Reads an integer of `size` bytes, little endian; `undefined` past the end makes it `NaN`. */
function readInteger(bytes: Uint8Array, start: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[start + i]!;
  return value;
}

/** Decodes the element at a position; its numbers are `NaN` where it is cut off. */
function decodeElement(bytes: Uint8Array, start: number): Element {
  const tag = bytes[start]!;
  const upper = tag >> 2;
  const next = start + 1;
  switch (tag & 3) {
    case 0: {
      const sizeBytes = Math.max(0, upper - 59);
      const size = 1 +
        (sizeBytes ? readInteger(bytes, next, sizeBytes) : upper);
      return { size, distance: 0, end: next + sizeBytes + size };
    }
    case 1: {
      const distance = ((tag >> 5) << 8) + readInteger(bytes, next, 1);
      return { size: 4 + (upper & 7), distance, end: next + 1 };
    }
    case 2:
      return {
        size: 1 + upper,
        distance: readInteger(bytes, next, 2),
        end: next + 2,
      };
    default:
      return {
        size: 1 + upper,
        distance: readInteger(bytes, next, 4),
        end: next + 4,
      };
  }
}

/**
 * Reads how many bytes a stream decompresses to, without decompressing it.
 *
 * @returns The size in bytes, and where the first element starts.
 * @throws {FormatError} If the size is over {@linkcode MAX_SNAPPY_BYTES}, or cannot be reached by a stream of this length.
 */
export function decodeSnappySize(
  bytes: Uint8Array,
  path: string,
): { size: number; start: number } {
  const declared = decodeVarint(bytes, 0, path);
  const size = toUnsigned(declared);
  const most = Math.min(MAX_SNAPPY_BYTES, bytes.length * MAX_SNAPPY_RATIO);
  if (size > most) {
    throw checkpointError(
      path,
      `a block of ${bytes.length} bytes must decompress to at most ${most}: it claims ${size}`,
    );
  }
  return { size, start: declared.end };
}

/**
 * Decompresses a stream.
 *
 * @throws {FormatError} If the stream is not valid, or declares a size that is not its own or is too large.
 */
export function decompressSnappy(bytes: Uint8Array, path: string): Uint8Array {
  const { size, start } = decodeSnappySize(bytes, path);
  const output = new Uint8Array(size);
  let made = 0;
  for (let position = start; position < bytes.length;) {
    const element = decodeElement(bytes, position);
    const { distance, end } = element;
    const isCopy = (bytes[position]! & 3) !== 0;
    const isInside = end <= bytes.length && element.size <= size - made &&
      (!isCopy || (distance >= 1 && distance <= made));
    if (!isInside) {
      throw checkpointError(
        path,
        `each element of a compressed block must lie within it: the one at ${position} does not`,
      );
    }
    if (!isCopy) output.set(bytes.subarray(end - element.size, end), made);
    // Byte by byte: a copy that is longer than its distance repeats itself.
    const copyEnd = isCopy ? made + element.size : made;
    for (let at = made; at < copyEnd; at++) output[at] = output[at - distance]!;
    made += element.size;
    position = end;
  }
  if (made !== size) {
    throw checkpointError(
      path,
      `a compressed block must hold the ${size} bytes that it claims: it holds ${made}`,
    );
  }
  return output;
}
