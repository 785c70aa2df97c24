/**
 * Variable-length integers, as protocol buffers and LevelDB write them.
 *
 * Seven bits a byte, the lowest first; the top bit says that more follow.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/#varints.
 */

import { checkpointError } from "./format_errors.ts";

/** A 64-bit integer in two halves, as a float64 holds 53 bits only. */
export interface Varint {
  /** The lower 32 bits, unsigned. */
  low: number;
  /** The upper 32 bits, unsigned. */
  high: number;
  /** The byte after it. */
  end: number;
}

/** Most bytes of an integer: ten times seven bits hold 64. */
const MAX_VARINT_BYTES = 10;

/**
 * Decodes the integer at a position.
 *
 * @returns The integer, and where it ends.
 * @throws {FormatError} If it does not end in `bytes`, or has more than 64 bits.
 */
export function decodeVarint(
  bytes: Uint8Array,
  start: number,
  path: string,
): Varint {
  let [low, high] = [0, 0];
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) {
      throw checkpointError(
        path,
        "an integer must end where its message ends: it is cut off",
      );
    }
    const bits = byte & 0x7f;
    if (i < 5) low |= bits << (7 * i);
    if (i === 4) high = bits >> 4;
    if (i > 4) high |= bits << (7 * i - 32);
    if (i === MAX_VARINT_BYTES - 1 && byte > 1) break;
    if (byte < 0x80) {
      return { low: low >>> 0, high: high >>> 0, end: start + i + 1 };
    }
  }
  throw checkpointError(
    path,
    "an integer must have at most 64 bits: it has more",
  );
}

/**
 * Reads an integer as unsigned. Beyond 2^53 it is rounded, which no size in a file reaches.
 */
export function toUnsigned({ low, high }: Varint): number {
  return high * 2 ** 32 + low;
}

/** Reads an integer as signed. Beyond 2^53 it is rounded. */
export function toSigned({ low, high }: Varint): number {
  return (high | 0) * 2 ** 32 + low;
}
