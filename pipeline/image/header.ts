/**
 * Image headers: format, size and orientation, without decoding a pixel.
 *
 * What a file is, its first bytes say, not its name. Every claim is checked
 * before a decoder allocates anything for it.
 */

import { ImageError } from "../errors.ts";
import { readExifOrientation } from "./exif.ts";
import { readHeifHeader } from "./heif_header.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { readTiffHeader } from "./tiff_header.ts";
import { readWebpHeader } from "./webp_header.ts";

/** Formats that can be decoded. */
export type ImageFormat =
  | "jpeg"
  | "png"
  | "gif"
  | "webp"
  | "avif"
  | "heic"
  | "bmp"
  | "tiff";

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

/**
 * Most bytes of the file of an image: a picture of half of {@linkcode MAX_PIXELS} in
 * 16 bits, not compressed. Files are read whole, as their digests are of every byte.
 */
export const MAX_FILE_BYTES = 2 ** 29;

/** Formats that are known by their first bytes but cannot be decoded. */
const UNSUPPORTED: readonly [name: string, offset: number, magic: string][] = [
  ["JPEG XL", 4, "JXL "],
  ["JPEG XL", 0, "\xff\x0a"],
  ["Photoshop", 0, "8BPS"],
];

/** What people keep among photos that is none. */
const OTHERS: readonly [name: string, start: string][] = [
  ["a web page", "<!DOCTYPE"],
  ["a web page", "<!doctype"],
  ["a web page", "<html"],
  ["a PDF", "%PDF"],
  ["a ZIP archive", "PK\x03\x04"],
];

/** Brands of HEIF: pictures and sequences of HEVC and AV1, and those that say what they are inside. */
const HEIF_BRANDS = [
  ..."heic heix heim heis hevc hevx mif1 msf1 mif2 avif avis".split(" "),
];

/** Whether the bytes at `offset` are the characters of `magic`. */
function startsWith(bytes: Uint8Array, offset: number, magic: string): boolean {
  return bytes.length >= offset + magic.length &&
    Array.from(magic).every((c, i) => bytes[offset + i] === c.charCodeAt(0));
}

/** Finds the eXIf chunk of a PNG. Source: https://www.w3.org/TR/png-3/#eXIf. */
function findPngExif(bytes: Uint8Array, view: DataView): Uint8Array {
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    if (startsWith(bytes, at + 4, "eXIf")) {
      return bytes.subarray(at + 8, at + 8 + length);
    }
    at += 12 + length;
  }
  return new Uint8Array();
}

/** Reads the IHDR chunk of a PNG. Source: https://www.w3.org/TR/png-3/#11IHDR. */
function readPngHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 24 || !startsWith(bytes, 12, "IHDR")) {
    throw new ImageError("the file ends inside the header");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const orientation = readExifOrientation(findPngExif(bytes, view));
  return { format: "png", width, height, orientation };
}

/** Reads the header of a BMP; rows that run down have a negative height. */
function readBmpHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 26) {
    throw new ImageError("the file ends inside the header");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The first header, of OS/2, has sizes of 16 bits.
  const [width, height] = view.getUint32(14, true) === 12
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  return { format: "bmp", width: Math.max(0, width!), height, orientation: 1 };
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
  // Its bytes are not told: a link may lead to a file that is not to be shown.
  const other = OTHERS.find(([, start]) => startsWith(bytes, 0, start))?.[0];
  return `it is not an image${other ? ` but ${other}` : ""}`;
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
  if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) {
    return { format: "webp", ...readWebpHeader(bytes) };
  }
  if (startsWith(bytes, 0, "II*\0") || startsWith(bytes, 0, "MM\0*")) {
    return { format: "tiff", ...readTiffHeader(bytes) };
  }
  if (HEIF_BRANDS.some((brand) => startsWith(bytes, 4, `ftyp${brand}`))) {
    return readHeifHeader(bytes);
  }
  if (startsWith(bytes, 0, "BM")) return readBmpHeader(bytes);
  throw new UnknownImageError(describeUnknown(bytes));
}

/** The first bytes are those of no image that can be decoded, whatever follows. */
class UnknownImageError extends ImageError {}

/** An image claims more than {@linkcode MAX_PIXELS}. */
export class LargeImageError extends ImageError {
  /** What it claims, in pixels. */
  readonly width: number;
  /** What it claims, in pixels. */
  readonly height: number;

  constructor({ width, height }: { width: number; height: number }) {
    super(
      `it claims ${width}x${height} pixels, more than the limit of ${MAX_PIXELS}`,
    );
    this.width = width;
    this.height = height;
  }
}

/** Most pixels that a byte of a JPEG may stand for: twice as many as it can, as a block of 64 takes a bit at least. */
const MOST_PIXELS_A_BYTE = 1024;

/** Refuses a claim of more pixels than there may be. */
function limitPixels(claim: ImageHeader): void {
  if (claim.width * claim.height > MAX_PIXELS) throw new LargeImageError(claim);
}

/**
 * Refuses a file by its size, before anything is read.
 *
 * @throws {ImageError} If it has more than {@linkcode MAX_FILE_BYTES}.
 */
export function limitFileBytes(sizeBytes: number): void {
  if (sizeBytes > MAX_FILE_BYTES) {
    throw new ImageError(
      `it has ${sizeBytes} bytes, more than the limit of ${MAX_FILE_BYTES}`,
    );
  }
}

/**
 * Refuses a file by its first bytes, before the others are read.
 *
 * @param start At least 64 bytes; a header that goes on behind them is not judged.
 * @throws {ImageError} If it is no image that can be decoded, or claims more than {@linkcode MAX_PIXELS}.
 */
export function refuseByStart(start: Uint8Array): void {
  let header: ImageHeader;
  try {
    header = readAnyHeader(start);
  } catch (error) {
    if (error instanceof UnknownImageError) throw error;
    return;
  }
  limitPixels(header);
}

/**
 * Reads the header of an image.
 *
 * @returns What the header says; width and height are at least 1.
 * @throws {ImageError} If the file is no image that can be decoded, or claims no pixel or more than {@linkcode MAX_PIXELS}.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const header = readAnyHeader(bytes);
  const { width, height } = header;
  if (width === 0 || height === 0) {
    throw new ImageError(`it has no pixels: its size is ${width}x${height}`);
  }
  limitPixels(header);
  const most = bytes.length * MOST_PIXELS_A_BYTE;
  if (header.format === "jpeg" && width * height > most) {
    throw new ImageError(
      `it claims ${width}x${height} pixels, more than its ${bytes.length} bytes can hold`,
    );
  }
  return header;
}
