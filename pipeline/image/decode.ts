/**
 * Decoding: the bytes of a JPEG, PNG or GIF to RGB pixels, as Pillow's
 * `convert("RGB")` gives them.
 *
 * All decoders run in WebAssembly. PNG and GIF are Pillow's pixels to the bit,
 * and so is JPEG but for what is left to imagescript: CMYK, samplings that
 * TurboJPEG has no name for, such as 4:1:0, and files with faults that Pillow
 * overlooks. Of those that are whole, levels differ from Pillow's by 3 at most.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import {
  type ImageFormat,
  type ImageHeader,
  readImageHeader,
} from "./header.ts";
import {
  type Decoder,
  loadGif,
  loadPng,
  loadScriptJpeg,
} from "./imagescript.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { decodeTurbo } from "./jpeg_turbo.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Decoders and versions, for fingerprints: others may give other pixels. */
export const CODEC = "libjpeg-turbo@1.2.8, imagescript@1.3.1";

/** The imagescript decoder of each format. */
const SCRIPT_LOADERS: Record<ImageFormat, () => Promise<Decoder>> = {
  jpeg: loadScriptJpeg,
  png: loadPng,
  gif: loadGif,
};

/** Decodes with imagescript; whatever it throws means that the data is bad. */
function decodeScript(
  decode: Decoder,
  bytes: Uint8Array,
  format: ImageFormat,
): RgbImage {
  try {
    return decode(bytes);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    // The decoders throw errors, strings, and traps of their WebAssembly.
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(
      `its ${format.toUpperCase()} data is damaged or cut off (${detail})`,
      { cause },
    );
  }
}

/** Throws if the data is not of the size that the header says. */
function checkSize(image: RgbImage, { width, height }: ImageHeader): void {
  if (image.width !== width || image.height !== height) {
    throw new ImageError(
      `its header says ${width}x${height} pixels, its data ${image.width}x${image.height}`,
    );
  }
}

/**
 * Whether libjpeg-turbo gives RGB: not for CMYK, which it converts to nothing
 * but CMYK.
 */
function isForTurbo(header: ImageHeader, bytes: Uint8Array): boolean {
  return header.format === "jpeg" && readJpegHeader(bytes).components !== 4;
}

/**
 * Decodes an image. Alpha is dropped, not blended; the orientation is not
 * applied.
 *
 * @param bytes The file.
 * @param use Is given the pixels and the header. The pixels lie in the memory of the decoder, which belongs to the next image when `use` has returned.
 * @returns What `use` returns.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export async function decodeImage<T>(
  bytes: Uint8Array,
  use: (image: RgbImage, header: ImageHeader) => T,
): Promise<T> {
  const header = readImageHeader(bytes);
  const { format } = header;
  const finish = (image: RgbImage) => {
    checkSize(image, header);
    return use(image, header);
  };
  if (isForTurbo(header, bytes)) {
    const done = await decodeTurbo(bytes, finish);
    if (done) return done.used;
    // libjpeg-turbo continues after faults, and its package does not tell stray
    // bytes before a marker, which Pillow overlooks, from pixels that are lost, or
    // from a sampling that it does not know. imagescript decides: what it refuses
    // is refused.
  }
  return finish(
    decodeScript(await SCRIPT_LOADERS[format](), bytes, format),
  );
}
