/**
 * Decoding: the bytes of an image to RGB pixels, as Pillow gives them.
 *
 * All decoders but that of TIFF run in WebAssembly. Pixels are Pillow's to the
 * bit, but for AVIF and HEIC, JPEGs in TIFF, and the JPEGs that are left to
 * imagescript: CMYK, samplings that TurboJPEG has no name for, such as 4:1:0, and
 * files with faults that Pillow overlooks.
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import { ImageError } from "../errors.ts";
import {
  type ImageFormat,
  type ImageHeader,
  readImageHeader,
} from "./header.ts";
import { flattenAlpha, type Transparency } from "./alpha.ts";
import { loadGif, loadPng, loadScriptJpeg } from "./imagescript.ts";
import type { RgbaDecoder } from "./rgba_image.ts";
import {
  loadAvif,
  loadBmp,
  loadHeic,
  loadTiff,
  loadWebp,
} from "./web_formats.ts";
import { limitScans, readJpegHeader } from "./jpeg_header.ts";
import { decodeTurbo, loadTurbo, type TurboDecoder } from "./jpeg_turbo.ts";
import type { RgbImage } from "./rgb_image.ts";

/** The decoders of formats that may have alpha. */
const LOADERS: Record<
  Exclude<ImageFormat, "jpeg">,
  () => Promise<RgbaDecoder>
> = {
  png: loadPng,
  gif: loadGif,
  webp: loadWebp,
  avif: loadAvif,
  heic: loadHeic,
  bmp: loadBmp,
  tiff: loadTiff,
};

/**
 * Loads what decodes images of a format.
 *
 * @throws What the loading throws, which no image is to blame for.
 */
export async function loadDecoder(format: ImageFormat): Promise<void> {
  if (format !== "jpeg") await LOADERS[format]();
  else await Promise.all([loadTurbo(), loadScriptJpeg()]);
}

/** How images are decoded. */
export interface DecodeOptions {
  /** What becomes of alpha. @default {"drop"} */
  transparency?: Transparency | undefined;
  /** Decodes JPEGs to the same pixels in less time; what it does not take is decoded in WebAssembly. */
  native?: TurboDecoder | undefined;
}

/** Decodes with a library; whatever it throws means that the data is bad. */
async function decodeWith<T>(
  decode: (bytes: Uint8Array) => T | Promise<T>,
  bytes: Uint8Array,
  format: ImageFormat,
): Promise<T> {
  try {
    return await decode(bytes);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    // The decoders throw errors, strings, and traps of their WebAssembly.
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(
      `its ${NAMES[format]} data is damaged or cut off (${detail})`,
      { cause },
    );
  }
}

/** Names of formats in messages, where they are not all capitals. */
const NAMES: Record<ImageFormat, string> = {
  jpeg: "JPEG",
  png: "PNG",
  gif: "GIF",
  webp: "WebP",
  avif: "AVIF",
  heic: "HEIC",
  bmp: "BMP",
  tiff: "TIFF",
};

/** Throws if the data is not of the size that the header says. */
function checkSize(image: RgbImage, header: ImageHeader): void {
  const { format, width, height } = header;
  // libheif has turned and cut the picture; it has its own limits.
  const isShown = format === "heic";
  if (!isShown && (image.width !== width || image.height !== height)) {
    throw new ImageError(
      `its header says ${width}x${height} pixels, its data ${image.width}x${image.height}`,
    );
  }
}

/**
 * Decodes an image; the orientation is not applied, but for HEIC, whose decoder
 * turns it.
 *
 * @param use Is given the pixels and the header. The pixels are freed, or are those of the next image, when `use` has returned.
 * @returns What `use` returns.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export async function decodeImage<T>(
  bytes: Uint8Array,
  use: (image: RgbImage, header: ImageHeader) => T,
  options: DecodeOptions = {},
): Promise<T> {
  const { transparency = "drop", native } = options;
  const header = readImageHeader(bytes);
  const { format } = header;
  if (format === "jpeg") limitScans(bytes);
  const finish = (image: RgbImage) => {
    checkSize(image, header);
    return use(image, header);
  };
  /** The same with pixels that nobody else has. */
  const finishOwn = (image: RgbImage) => {
    try {
      return finish(image);
    } finally {
      freeBytes(image.data);
    }
  };
  if (format !== "jpeg") {
    const decode = await LOADERS[format]();
    const { width, height, rgba } = await decodeWith(decode, bytes, format);
    const data = flattenAlpha(rgba, transparency);
    freeBytes(rgba);
    return finishOwn({ width, height, data });
  }
  const { components, isUsual } = readJpegHeader(bytes);
  // libjpeg-turbo converts CMYK to nothing but CMYK.
  if (components !== 4) {
    const done = (isUsual ? await native?.(bytes, finish) : undefined) ??
      await decodeTurbo(bytes, finishOwn);
    if (done) return done.used;
    // libjpeg-turbo goes on after faults, and its package does not tell stray
    // bytes before a marker, which Pillow overlooks, from pixels that are lost, or
    // from a sampling that it does not know. imagescript decides: what it refuses
    // is refused.
  }
  return finishOwn(await decodeWith(await loadScriptJpeg(), bytes, format));
}
