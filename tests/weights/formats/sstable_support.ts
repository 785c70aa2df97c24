/**
 * Writers of tables and messages, for tests to write what no program would.
 *
 * @module
 */

import { crc32c, maskCrc32c } from "../../../pipeline/artifact/crc32c.ts";

/** Joins bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Encodes text. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Encodes an integer of 32 bits, little endian. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Encodes an integer with a variable length. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Uint8Array.from([...bytes, Number(left)]);
}

/** Encodes a field that is an integer. */
export function integer(number: number, value: number | bigint): Uint8Array {
  return concat(varint(number * 8), varint(value));
}

/** Encodes a field that is a message, or bytes. */
export function message(
  number: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const body = concat(...parts);
  return concat(varint(number * 8 + 2), varint(body.length), body);
}

/** Encodes a field that is an integer of 32 bits. */
export function fixed32(number: number, value: number): Uint8Array {
  return concat(varint(number * 8 + 5), uint32(value));
}

/** Writes bytes as Snappy that does not compress: literals of at most 60 bytes. */
function literals(bytes: Uint8Array): Uint8Array {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 60) {
    const literal = bytes.subarray(at, at + 60);
    parts.push(Uint8Array.of((literal.length - 1) << 2), literal);
  }
  return concat(...parts);
}

/** What {@linkcode encodeTable} may do wrong, or otherwise than usual. */
export interface TableOptions {
  /** Entries of a data block. */
  blockEntries?: number;
  /** Whether to compress blocks. */
  isSnappy?: boolean;
  /** Changes a block before its checksum is computed; the last one is the index. */
  changeBlock?: (block: Uint8Array, index: number) => Uint8Array;
  /** Changes the offset and size of the data blocks. */
  changeHandles?: (handles: [number, number][]) => [number, number][];
  /** Changes the byte that names the compression. */
  compression?: number;
}

/** Encodes entries as a block with one restart. */
export function encodeBlock(
  entries: readonly (readonly [Uint8Array, Uint8Array])[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  let previous = new Uint8Array();
  for (const [key, value] of entries) {
    let shared = 0;
    while (
      shared < Math.min(key.length, previous.length) &&
      key[shared] === previous[shared]
    ) shared++;
    parts.push(varint(shared), varint(key.length - shared));
    parts.push(varint(value.length), key.subarray(shared), value);
    previous = Uint8Array.from(key);
  }
  return concat(...parts, uint32(0), uint32(1));
}

/** Encodes entries as a table. */
export function encodeTable(
  entries: readonly (readonly [Uint8Array, Uint8Array])[],
  options: TableOptions = {},
): Uint8Array {
  const { blockEntries = 16, isSnappy = false, changeBlock } = options;
  const parts: Uint8Array[] = [];
  let offset = 0;
  let count = 0;
  const write = (block: Uint8Array): [number, number] => {
    const packed = isSnappy ? literals(block) : block;
    const data = changeBlock?.(packed, count) ?? packed;
    count++;
    const compression = options.compression ?? (isSnappy ? 1 : 0);
    const body = concat(data, Uint8Array.of(compression));
    parts.push(body, uint32(maskCrc32c(crc32c(body))));
    const start = offset;
    offset += body.length + 4;
    return [start, data.length];
  };
  const keys: Uint8Array[] = [];
  let handles: [number, number][] = [];
  for (let i = 0; i < entries.length; i += blockEntries) {
    const group = entries.slice(i, i + blockEntries);
    keys.push(group.at(-1)![0]);
    handles.push(write(encodeBlock(group)));
  }
  handles = options.changeHandles?.(handles) ?? handles;
  const index = write(encodeBlock(handles.map((handle, i) => [
    keys[Math.min(i, keys.length - 1)]!,
    concat(...handle.map(varint)),
  ])));
  const footer = new Uint8Array(40);
  footer.set(concat(varint(0), varint(0), ...index.map(varint)));
  return concat(...parts, footer, uint32(0x8b80fb57), uint32(0xdb477524));
}

/** Encodes a shape. */
export function shapeOf(...sizes: readonly number[]): Uint8Array {
  return concat(...sizes.map((size) => message(2, integer(1, size))));
}

/** What an entry of a bundle claims. */
export interface BundleClaims {
  /** Number of the type; F32 unless given. */
  dtype?: number;
  /** Sizes of the dimensions; the four of {@linkcode bundleEntry} unless given. */
  shape?: Uint8Array;
  /** Number of the shard. */
  shard?: number;
  /** First byte. */
  offset?: number | bigint;
  /** Bytes. */
  size?: number | bigint;
  /** Masked checksum. */
  crc?: number;
  /** Fields at the end. */
  more?: Uint8Array;
}

/** Encodes an entry of a bundle. */
export function bundleEntry(claims: BundleClaims): Uint8Array {
  return concat(
    integer(1, claims.dtype ?? 1),
    message(2, claims.shape ?? shapeOf(4)),
    integer(3, claims.shard ?? 0),
    integer(4, claims.offset ?? 0),
    integer(5, claims.size ?? 16),
    fixed32(6, claims.crc ?? 0),
    claims.more ?? new Uint8Array(),
  );
}

/** The header of a bundle of one shard. */
export const BUNDLE_HEADER: Uint8Array = concat(
  integer(1, 1),
  message(3, integer(1, 1)),
);
