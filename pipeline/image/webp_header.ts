/**
 * The chunks of a WebP: its size, its orientation, and its first frame.
 *
 * Source: WebP Container Specification; RFC 6386, section 9.1; WebP Lossless
 * Bitstream Specification, section 3.
 */

import { ImageError } from "../errors.ts";
import { readExifOrientation } from "./exif.ts";

/** A chunk of a WebP. */
interface Chunk {
  kind: string;
  /** Content of the chunk. */
  data: Uint8Array;
}

/** Most chunks that are looked at; a picture has a few, a film one a frame. */
const MOST_CHUNKS = 2 ** 16;

/** Lists the chunks in bytes; a last one that is cut off is not among them. */
function listChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 0; at + 8 <= bytes.length && chunks.length < MOST_CHUNKS;) {
    const kind = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) break;
    chunks.push({ kind, data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + length % 2;
  }
  return chunks;
}

/** Reads a whole number of three bytes, the lowest first. */
function readUint24(data: Uint8Array, at: number): number {
  return data[at]! | data[at + 1]! << 8 | data[at + 2]! << 16;
}

/** Reads the size that a chunk gives; `undefined` for one that gives none. */
function readSize({ kind, data }: Chunk) {
  if (kind === "VP8X" && data.length >= 10) {
    return { width: readUint24(data, 4) + 1, height: readUint24(data, 7) + 1 };
  }
  if (kind === "VP8L" && data.length >= 5) {
    const bits = readUint24(data, 1) | data[4]! << 24;
    return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
  }
  if (kind === "VP8 " && data.length >= 10) {
    const side = (at: number) => (data[at]! | data[at + 1]! << 8) & 0x3fff;
    return { width: side(6), height: side(8) };
  }
  return undefined;
}

export interface WebpHeader {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/**
 * Reads the header of a WebP.
 *
 * @returns Size and orientation.
 * @throws {ImageError} If no whole chunk gives a size.
 */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const chunks = listChunks(bytes.subarray(12));
  const size = chunks.map(readSize).find(Boolean);
  if (size === undefined) {
    throw new ImageError("the file ends inside the header");
  }
  const exif = chunks.find(({ kind }) => kind === "EXIF")?.data;
  const start = exif && exif[0] === 0x45 ? 6 : 0;
  const orientation = exif ? readExifOrientation(exif.subarray(start)) : 1;
  return { ...size, orientation };
}

/** The first frame of an animated WebP. */
export interface WebpFrame {
  /** Where it is on the canvas, in pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** A still WebP of it. */
  bytes: Uint8Array;
}

function encodeChunk({ kind, data }: Chunk): Uint8Array {
  const bytes = new Uint8Array(8 + data.length + data.length % 2);
  bytes.set([...kind].map((c) => c.charCodeAt(0)));
  new DataView(bytes.buffer).setUint32(4, data.length, true);
  bytes.set(data, 8);
  return bytes;
}

/** Puts chunks together as a WebP. */
function encodeWebp(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(encodeChunk);
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  const data = new Uint8Array(length);
  data.set([..."WEBP"].map((c) => c.charCodeAt(0)));
  let at = 4;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return encodeChunk({ kind: "RIFF", data });
}

/**
 * Takes the first frame out of an animated WebP.
 *
 * @returns The frame; `undefined` for a still picture.
 */
export function readFirstFrame(bytes: Uint8Array): WebpFrame | undefined {
  const frame = listChunks(bytes.subarray(12))
    .find(({ kind }) => kind === "ANMF")?.data;
  if (frame === undefined || frame.length < 16) return undefined;
  const inner = listChunks(frame.subarray(16))
    .filter(({ kind }) => ["ALPH", "VP8 ", "VP8L"].includes(kind));
  const header = new Uint8Array(10);
  // The flag of alpha, and the size of the frame.
  header[0] = 0x10;
  header.set(frame.subarray(6, 12), 4);
  return {
    left: readUint24(frame, 0) * 2,
    top: readUint24(frame, 3) * 2,
    width: readUint24(frame, 6) + 1,
    height: readUint24(frame, 9) + 1,
    bytes: encodeWebp([{ kind: "VP8X", data: header }, ...inner]),
  };
}
