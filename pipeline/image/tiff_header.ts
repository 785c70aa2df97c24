/**
 * The first directory of a TIFF: size, samples and orientation.
 *
 * Source: TIFF 6.0, sections 2 and 8.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import { readExifOrientation } from "./exif.ts";

/** Tags by their numbers. */
const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const COMPRESSION = 259;
const SAMPLES = 277;
const PLANES = 284;

/** Most samples of a pixel: colours, alpha, and a few that are not shown. */
const MOST_SAMPLES = 8;

/** Most pixels that a byte can stand for: Deflate of one level gives some 1000. */
const MOST_PIXELS_A_BYTE = 1100;

/** What the header of a TIFF says. */
export interface TiffHeader {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/**
 * Reads the header of a TIFF.
 *
 * @param bytes The file.
 * @returns Size and orientation of the first page.
 * @throws {ImageError} If the file ends inside the directory, or its pixels are laid out as no decoder here knows.
 */
export function readTiffHeader(bytes: Uint8Array): TiffHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const values = new Map<number, number>();
  try {
    const directory = view.getUint32(4, little);
    const count = view.getUint16(directory, little);
    for (let i = 0; i < count; i++) {
      const entry = directory + 2 + 12 * i;
      const isShort = view.getUint16(entry + 2, little) === 3;
      const value = isShort
        ? view.getUint16(entry + 8, little)
        : view.getUint32(entry + 8, little);
      values.set(view.getUint16(entry, little), value);
    }
  } catch (cause) {
    throw new ImageError("the file ends inside the header", { cause });
  }
  const samples = values.get(SAMPLES) ?? 1;
  if (samples > MOST_SAMPLES) {
    throw new ImageError(
      `it claims ${samples} samples a pixel, more than the limit of ${MOST_SAMPLES}`,
    );
  }
  if (samples > 1 && values.get(PLANES) === 2) {
    throw new ImageError(
      "its colours are in separate planes; convert it to a TIFF with one plane",
    );
  }
  const [width = 0, height = 0] = [values.get(WIDTH), values.get(HEIGHT)];
  // A fax page of one bit may be shorter still.
  const isFax = samples === 1 && (values.get(BITS) ?? 1) < 8;
  const isPlain = values.get(COMPRESSION) === 1;
  const most = bytes.length * (isPlain ? 1 : MOST_PIXELS_A_BYTE);
  if (!isFax && width * height > most) {
    throw new ImageError(
      `it claims ${width}x${height} pixels, more than its ${bytes.length} bytes can hold`,
    );
  }
  return {
    width,
    height,
    orientation: readExifOrientation(bytes),
  };
}
