/**
 * What the first directory of a TIFF claims: size, samples and orientation.
 *
 * Source: TIFF 6.0, section 8.
 */

import { ImageError } from "../errors.ts";
import { readExifOrientation } from "./exif.ts";
import { TiffDirectory } from "./tiff_directory.ts";

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

export interface TiffHeader {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/**
 * Reads the header of a TIFF.
 *
 * @returns Size and orientation of the first page.
 * @throws {ImageError} If the file ends inside the directory, or its pixels are laid out as no decoder here knows.
 */
export function readTiffHeader(bytes: Uint8Array): TiffHeader {
  const directory = new TiffDirectory(bytes);
  const samples = directory.first(SAMPLES, 1);
  if (samples > MOST_SAMPLES) {
    throw new ImageError(
      `it claims ${samples} samples a pixel, more than the limit of ${MOST_SAMPLES}`,
    );
  }
  if (samples > 1 && directory.first(PLANES, 1) === 2) {
    throw new ImageError(
      "its colours are in separate planes; convert it to a TIFF with one plane",
    );
  }
  const width = directory.first(WIDTH, 0);
  const height = directory.first(HEIGHT, 0);
  // A fax page of one bit may be shorter still.
  const isFax = samples === 1 && directory.first(BITS, 1) < 8;
  const isPlain = directory.first(COMPRESSION, 1) === 1;
  const most = bytes.length * (isPlain ? isFax ? 8 : 1 : MOST_PIXELS_A_BYTE);
  if (width * height > most && (isPlain || !isFax)) {
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
