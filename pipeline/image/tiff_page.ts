/**
 * The first page of a TIFF as `utif2` decodes it, made of checked values alone: the
 * library believes every count, offset and size, follows links in circles, and
 * unpacks whatever there is. Deflate and LZW are unpacked here, up to the size
 * that a strip or tile may have.
 */

import { ImageError } from "../errors.ts";
import { limitScans, readJpegHeader } from "./jpeg_header.ts";
import { TiffDirectory } from "./tiff_directory.ts";
import { unpackDeflate, unpackLzw } from "./tiff_unpack.ts";

/** A directory by tags, such as `t256`, as the library has them. */
export type TiffPage = Record<string, number[]>;

/** Tags that say what pixels mean, and how many values they have at most: the lengths of three colours of 16 bits. */
const COPIED: readonly [tag: number, most: number][] = [
  [256, 1],
  [257, 1],
  [258, 8],
  [259, 1],
  [262, 1],
  [266, 1],
  [277, 1],
  [292, 1],
  [317, 1],
  [320, 3 * 2 ** 16],
  [338, 8],
  [339, 8],
  [347, 2 ** 16],
];

/** Compressions that are decoded, by their numbers. */
const PLAIN = 1;
const FAX = [2, 3, 4];
const LZW = 5;
const JPEG = 7;
const DEFLATE = [8, 32946];
const PACKBITS = 32773;

/** What the library makes of pixels, by the number of their kind: bits of a sample. */
const KINDS: Readonly<Record<number, readonly number[]>> = {
  // Gray from white to black, gray from black to white, RGB, palette, ink, YCbCr.
  0: [1, 4, 8, 16],
  1: [1, 2, 8, 16, 32],
  2: [8, 16, 32],
  3: [1, 2, 4, 8],
  5: [8],
  6: [8],
};

/** Most bytes of the pixels of a page: as many as 16-bit RGB of the most pixels takes. */
const MOST_BYTES = 2 ** 30;

/** Most steps of the decoder of fax pages: bits times width. A page of 600 dpi takes a third. */
const MOST_FAX_STEPS = 2e10;

/** Pixels of all tiles that may lie outside of the image, and the same number as it has. */
const MOST_PADDING = 2 ** 24;

/** How pixels are cut. */
interface Blocks {
  isTiled: boolean;
  /** Size of a strip or tile, in pixels. */
  width: number;
  height: number;
  count: number;
  /** Bytes of one, unpacked. */
  bytes: number;
}

/** Finds out how the pixels are cut, and refuses what takes too much. */
function readBlocks(directory: TiffDirectory): Blocks {
  const [width, height] = [directory.first(256, 0), directory.first(257, 0)];
  const bits = directory.first(258, 1);
  const kind = directory.first(262, bits === 1 ? 0 : 2);
  if (!KINDS[kind]?.includes(bits)) {
    throw new ImageError(
      `its pixels, of kind ${kind} with ${bits} bits, are not known; convert it`,
    );
  }
  const pixelBits = bits * directory.first(277, 1);
  const rowBytes = (pixels: number) => Math.ceil(pixels * pixelBits / 8);
  if (rowBytes(width) * height > MOST_BYTES) {
    throw new ImageError(
      `its pixels take more bytes than the limit of ${MOST_BYTES}`,
    );
  }
  const isTiled = directory.values(322, 1).length > 0;
  if (!isTiled) {
    const rows = Math.min(directory.first(278, height), height);
    if (rows === 0) throw new ImageError("its strips have no rows");
    const count = Math.ceil(height / rows);
    return {
      isTiled,
      width,
      height: rows,
      count,
      bytes: rowBytes(width) * rows,
    };
  }
  const [across, down] = [directory.first(322, 0), directory.first(323, 0)];
  if (across === 0 || down === 0) {
    throw new ImageError("its tiles have no pixels");
  }
  const count = Math.ceil(width / across) * Math.ceil(height / down);
  if (count * across * down > 2 * width * height + MOST_PADDING) {
    throw new ImageError(`its tiles of ${across}x${down} pixels are too large`);
  }
  const bytes = rowBytes(across) * down;
  // A pixel may have thousands of samples.
  if (count * bytes > 2 * MOST_BYTES) {
    throw new ImageError(
      `its tiles take more bytes than the limit of ${2 * MOST_BYTES}`,
    );
  }
  return { isTiled, width: across, height: down, count, bytes };
}

/** Refuses a JPEG in a strip or tile that claims more than that holds. */
function limitJpeg(part: Uint8Array, { width, height }: Blocks): void {
  const header = readJpegHeader(part);
  limitScans(part);
  // Encoders may fill the last unit, of 16 pixels.
  if (header.width >= width + 16 || header.height >= height + 16) {
    throw new ImageError(
      `a JPEG in it claims ${header.width}x${header.height} pixels, more than the ${width}x${height} of its place`,
    );
  }
}

/** Returns the parts of the file that hold the strips or tiles. */
function cutParts(
  bytes: Uint8Array,
  directory: TiffDirectory,
  blocks: Blocks,
): Uint8Array[] {
  const [offsetTag, lengthTag] = blocks.isTiled ? [324, 325] : [273, 279];
  const offsets = directory.values(offsetTag, blocks.count);
  const lengths = directory.values(lengthTag, blocks.count);
  if (offsets.length < blocks.count) {
    throw new ImageError("some of its strips or tiles are missing");
  }
  const isPlain = directory.first(259, PLAIN) === PLAIN;
  return offsets.map((offset, i) => {
    const rest = bytes.length - offset;
    // The length of what is not compressed need not be said.
    const length = lengths[i] ?? (isPlain ? Math.min(blocks.bytes, rest) : -1);
    if (length < 0 || length > rest) {
      throw new ImageError("the file ends inside its pixels");
    }
    return bytes.subarray(offset, offset + length);
  });
}

/** Unpacks strips or tiles, or returns them as they are where the library unpacks them. */
function unpack(
  parts: readonly Uint8Array[],
  compression: number,
  blocks: Blocks,
): { parts: readonly Uint8Array[]; compression: number } {
  if (compression === LZW || DEFLATE.includes(compression)) {
    const unpackPart = compression === LZW ? unpackLzw : unpackDeflate;
    const unpacked = parts.map((part) => unpackPart(part, blocks.bytes));
    return { parts: unpacked, compression: PLAIN };
  }
  if (compression === JPEG) parts.forEach((part) => limitJpeg(part, blocks));
  else if (FAX.includes(compression)) {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length * 8 * blocks.width > MOST_FAX_STEPS) {
      throw new ImageError("it is a fax page that would take too long");
    }
  } else if (compression !== PLAIN && compression !== PACKBITS) {
    throw new ImageError(
      `its compression, number ${compression}, is not known; convert it`,
    );
  }
  return { parts, compression };
}

/**
 * Reads the first page.
 *
 * @returns The page, and a buffer with its strips or tiles one after the other; without `t262` pixels have no meaning.
 * @throws {ImageError} If its claims do not fit together, or into the file.
 */
export function readTiffPage(
  bytes: Uint8Array,
): { page: TiffPage; buffer: ArrayBuffer } {
  const directory = new TiffDirectory(bytes);
  const blocks = readBlocks(directory);
  const packed = cutParts(bytes, directory, blocks);
  const { parts, compression } = unpack(
    packed,
    directory.first(259, PLAIN),
    blocks,
  );
  const page: TiffPage = {};
  for (const [tag, most] of COPIED) {
    const values = directory.values(tag, most);
    if (values.length > 0) page[`t${tag}`] = values;
  }
  page.t259 = [compression];
  // The library tells the order of bytes by the first two.
  const total = parts.reduce((sum, part) => sum + part.length, 2);
  const data = new Uint8Array(total);
  data.set(bytes.subarray(0, 2));
  const [offsets, lengths]: [number[], number[]] = [[], []];
  let at = 2;
  for (const part of parts) {
    data.set(part, at);
    offsets.push(at);
    lengths.push(part.length);
    at += part.length;
  }
  const { isTiled, width, height } = blocks;
  if (isTiled) {
    const tiles = { t322: [width], t323: [height] };
    Object.assign(page, { ...tiles, t324: offsets, t325: lengths });
  } else Object.assign(page, { t278: [height], t273: offsets, t279: lengths });
  return { page, buffer: data.buffer };
}
