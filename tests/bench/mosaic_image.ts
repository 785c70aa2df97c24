/**
 * Encoding mosaics of flat tiles as JPEG and PNG, for photos by the thousand.
 *
 * Source: ITU-T T.81 (JPEG), annexes B, F and K; https://www.w3.org/TR/png-3/.
 *
 * @module
 */

import { zlibSync } from "fflate";

/** Width and height of a tile in pixels: a block of JPEG. */
export const TILE = 8;

/** An image of flat tiles. */
export interface Mosaic {
  /** Tiles in a row. */
  columns: number;
  /** Rows of tiles. */
  rows: number;
  /** Three channels of each tile, U8 `[rows, columns, 3]`. */
  tiles: Uint8Array;
}

/** Lengths of the Huffman codes of a difference by its number of bits. Source: T.81, table K.3. */
const DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

/** The codes for up to 8 bits, as text. */
const DC_CODES = [
  "00",
  "010",
  "011",
  "100",
  "101",
  "110",
  "1110",
  "11110",
  "111110",
];

/** Code of "no other coefficient", the only one of its table. */
const END_OF_BLOCK = "0";

/** A segment of a JPEG: marker, length, content. */
function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...content];
}

/** Bits of a difference of two means, as text. */
function encodeDifference(difference: number): string {
  if (difference === 0) return DC_CODES[0]!;
  const size = Math.abs(difference).toString(2).length;
  const value = difference < 0 ? difference + 2 ** size - 1 : difference;
  return DC_CODES[size]! + value.toString(2).padStart(size, "0");
}

/**
 * Encodes a mosaic as a baseline JPEG, whose channels are Y, Cb, Cr.
 *
 * A flat tile is a block with a mean and nothing else, so there is no transform.
 *
 * @param mosaic The mosaic.
 * @returns Bytes of the file.
 */
export function encodeMosaicJpeg(mosaic: Mosaic): Uint8Array {
  const { columns, rows, tiles } = mosaic;
  let bits = "";
  for (let i = 0; i < tiles.length; i++) {
    const before = i < 3 ? 128 : tiles[i - 3]!;
    bits += encodeDifference(tiles[i]! - before) + END_OF_BLOCK;
  }
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  const scan: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    const byte = parseInt(bits.slice(i, i + 8), 2);
    scan.push(byte, ...(byte === 0xff ? [0] : []));
  }
  const size = [rows * TILE, columns * TILE].flatMap((n) => [n >> 8, n & 0xff]);
  const channels = [1, 2, 3];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    // A mean of n levels is a coefficient of 8 n.
    ...segment(0xdb, [0, ...new Array(64).fill(8)]),
    ...segment(0xc0, [8, ...size, 3, ...channels.flatMap((c) => [c, 0x11, 0])]),
    ...segment(0xc4, [0x00, ...DC_LENGTHS, ...Array(12).keys()]),
    ...segment(0xc4, [0x10, 1, ...new Array(15).fill(0), 0]),
    ...segment(0xda, [3, ...channels.flatMap((c) => [c, 0]), 0, 63, 0]),
    ...scan,
    ...[0xff, 0xd9],
  ]);
}

/** CRC-32 of PNG, a bit at a time. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A chunk of a PNG: length, name and content, checksum. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, -4)));
  return bytes;
}

/**
 * Encodes a mosaic as a PNG, whose channels are R, G, B.
 *
 * @param mosaic The mosaic.
 * @returns Bytes of the file.
 */
export function encodeMosaicPng(mosaic: Mosaic): Uint8Array {
  const { columns, rows, tiles } = mosaic;
  const [width, height] = [columns * TILE, rows * TILE];
  const stride = 1 + width * 3;
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tile = Math.floor(y / TILE) * columns + Math.floor(x / TILE);
      const rgb = tiles.subarray(tile * 3, tile * 3 + 3);
      pixels.set(rgb, y * stride + 1 + x * 3);
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(pixels, { level: 1 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
