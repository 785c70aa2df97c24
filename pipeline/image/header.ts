/**
 * Image headers: format, size and orientation, without decoding a pixel.
 *
 * What a file is, its first bytes say, not its name. Every claim is checked
 * before a decoder allocates anything for it.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import { readJpegHeader } from "./jpeg_header.ts";

/** Formats that can be decoded. */
export type ImageFormat = "jpeg" | "png" | "gif";

/** What the header of an image says. */
export interface ImageHeader {
  /** Format of the file. */
  format: ImageFormat;
  /** Width in pixels, before the orientation. */
  width: number;
  /** Height in pixels, before the orientation. */
  height: number;
  /** EXIF orientation, 1 to 8; 1 is upright. */
  orientation: number;
}

/**
 * Most pixels of an image. Pillow takes an image of more than twice its
 * `MAX_IMAGE_PIXELS` for a decompression bomb, and this is that limit. Such an
 * image takes 2.8 GB at the peak: the decoder holds its pixels four times.
 */
export const MAX_PIXELS = 178_956_970;

/** Formats that are known by their first bytes but cannot be decoded. */
const UNSUPPORTED: readonly [name: string, offset: number, magic: string][] = [
  ["BMP", 0, "BM"],
  ["WebP", 8, "WEBP"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["HEIC or AVIF", 4, "ftyp"],
  ["JPEG XL", 4, "JXL "],
  ["Photoshop", 0, "8BPS"],
];

/** Whether the bytes at `offset` are the characters of `magic`. */
function startsWith(bytes: Uint8Array, offset: number, magic: string): boolean {
  return bytes.length >= offset + magic.length &&
    Array.from(magic).every((c, i) => bytes[offset + i] === c.charCodeAt(0));
}

/** Reads the IHDR chunk of a PNG. Source: https://www.w3.org/TR/png-3/#11IHDR. */
function readPngHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 24 || !startsWith(bytes, 12, "IHDR")) {
    throw new ImageError("the file ends inside the header");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { format: "png", width, height, orientation: 1 };
}

/** Reads the logical screen of a GIF. Source: GIF89a, section 18. */
function readGifHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 10) {
    throw new ImageError("the file ends inside the header");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  return { format: "gif", width, height, orientation: 1 };
}

/** Says what bytes are that are no image. */
function describeUnknown(bytes: Uint8Array): string {
  const name = UNSUPPORTED.find(([, offset, magic]) =>
    startsWith(bytes, offset, magic)
  )?.[0];
  if (name) return `${name} cannot be decoded; convert it to JPEG or PNG`;
  const start = Array.from(
    bytes.subarray(0, 4),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join(" ");
  return `it is not an image: it starts with the bytes ${start}`;
}

/** Dispatches on the first bytes. */
function readAnyHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new ImageError("the file is empty");
  if (startsWith(bytes, 0, "\x89PNG\r\n\x1a\n")) return readPngHeader(bytes);
  if (startsWith(bytes, 0, "\xff\xd8\xff")) {
    return { format: "jpeg", ...readJpegHeader(bytes) };
  }
  if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) {
    return readGifHeader(bytes);
  }
  throw new ImageError(describeUnknown(bytes));
}

/**
 * Reads the header of an image.
 *
 * @param bytes The file, or enough of its start.
 * @returns What the header says; width and height are at least 1.
 * @throws {ImageError} If the file is no image that can be decoded, or claims no pixel or more than {@linkcode MAX_PIXELS}.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const header = readAnyHeader(bytes);
  const { width, height } = header;
  if (width === 0 || height === 0) {
    throw new ImageError(`it has no pixels: its size is ${width}x${height}`);
  }
  if (width * height > MAX_PIXELS) {
    throw new ImageError(
      `it claims ${width}x${height} pixels, more than the limit of ${MAX_PIXELS}`,
    );
  }
  return header;
}
