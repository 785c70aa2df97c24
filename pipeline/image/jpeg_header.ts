/**
 * The header of a JPEG: its frame size and its EXIF orientation.
 *
 * Source: ITU-T T.81, annex B (markers); Exif 2.32, section 4.5 (APP1).
 */

import { ImageError } from "../errors.ts";
import { readExifOrientation } from "./exif.ts";

/** What the segments before the scan say. */
export interface JpegHeader {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Components of a pixel: 1 for gray, 3 for colour, 4 for CMYK. */
  components: number;
  /** How it is coded: whether as a baseline, extended or progressive image by Huffman's code, as nearly all are. */
  isUsual: boolean;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/** Markers. */
const SOF2 = 0xc2;
const SOS = 0xda;
const EOI = 0xd9;
const APP1 = 0xe1;

/**
 * Most scans of a JPEG. Encoders write 10 of a progressive one, optimizers up to 20;
 * each scan costs a pass over all pixels, however few bytes it has.
 */
const MAX_SCANS = 100;

/** Start of frame: C0 to CF, but for DHT (C4), JPG (C8) and DAC (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf &&
    ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Reads the orientation from an APP1 segment; one of XMP has none. */
function readOrientation(segment: Uint8Array): number {
  const exif = new TextDecoder("latin1").decode(segment.subarray(0, 6));
  return exif === "Exif\0\0" ? readExifOrientation(segment.subarray(6)) : 1;
}

/**
 * Walks the segments of a JPEG up to its scan.
 *
 * @param bytes The file, which starts with SOI.
 * @returns Size, components and orientation.
 * @throws {ImageError} If the file ends before the scan, or no frame comes before it.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Omit<JpegHeader, "orientation"> | undefined;
  let orientation = 1;
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) {
      throw new ImageError(`there is no JPEG marker at byte ${offset}`);
    }
    const marker = bytes[offset + 1]!;
    // Any number of FF bytes may come before a marker.
    if (marker === 0xff) {
      offset++;
      continue;
    }
    if (marker === EOI || marker === SOS) break;
    const length = view.getUint16(offset + 2);
    const segment = bytes.subarray(offset + 4, offset + 2 + length);
    if (isFrame(marker) && segment.length >= 6) {
      const start = offset + 4;
      const height = view.getUint16(start + 1);
      const width = view.getUint16(start + 3);
      const isUsual = marker <= SOF2;
      frame = { width, height, components: segment[5]!, isUsual };
    }
    if (marker === APP1 && orientation === 1) {
      orientation = readOrientation(segment);
    }
    offset += 2 + Math.max(2, length);
  }
  if (frame === undefined) {
    throw new ImageError(
      offset + 4 > bytes.length
        ? "the file ends inside the header"
        : "there is no JPEG frame before the scan",
    );
  }
  return { ...frame, orientation };
}

/** Whether a marker has no length after it: TEM, RST0 to RST7, SOI, and a stuffed FF. */
function isBare(marker: number): boolean {
  return marker <= 1 || marker >= 0xd0 && marker <= 0xd8;
}

/**
 * Walks all segments of a JPEG, up to its end or the scan that is too many.
 *
 * @param bytes The file, whole, which starts with SOI.
 * @throws {ImageError} If it has more than 100 scans.
 */
export function limitScans(bytes: Uint8Array): void {
  let scans = 0;
  let offset = 2;
  while (true) {
    // Decoders look for the next marker in the same way, past pixels and stray bytes.
    offset = bytes.indexOf(0xff, offset);
    const marker = offset < 0 ? EOI : bytes[offset + 1] ?? EOI;
    if (marker === EOI) return;
    if (marker === SOS && ++scans > MAX_SCANS) {
      throw new ImageError(
        `it has more than ${MAX_SCANS} scans, which would take too long`,
      );
    }
    if (marker === 0xff) offset++;
    else if (isBare(marker)) offset += 2;
    else {
      const length = (bytes[offset + 2] ?? 0) * 256 + (bytes[offset + 3] ?? 0);
      offset += 2 + Math.max(2, length);
    }
  }
}
