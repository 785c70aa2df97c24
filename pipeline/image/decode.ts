/**
 * Decoding: the bytes of a JPEG, PNG or GIF to RGB pixels, as Pillow's
 * `convert("RGB")` gives them.
 *
 * The decoders are those of imagescript, which run in WebAssembly. They are
 * imported one by one: the package as a whole loads a native encoder that needs
 * `--allow-ffi`, which would end the sandbox, and decoding does not use it.
 * PNG and GIF give Pillow's pixels exactly, JPEG within 2 levels.
 *
 * @module
 */

import { ImageError } from "../errors.ts";
import { type ImageFormat, readImageHeader } from "./header.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Decoder and version, for fingerprints: another one may give other pixels. */
export const CODEC = "imagescript@1.3.1";

/** Packs the first three of every four channels. */
function dropAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  let o = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    rgb[o++] = rgba[i]!;
    rgb[o++] = rgba[i + 1]!;
    rgb[o++] = rgba[i + 2]!;
  }
  return rgb;
}

/** Repeats a gray level for each channel. */
function expandGray(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3);
  gray.forEach((level, i) => rgb.fill(level, i * 3, i * 3 + 3));
  return rgb;
}

/** Multiplies inverted cyan, magenta and yellow by inverted black, as Pillow does. */
function convertCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(cmyk.length / 4 * 3);
  let o = 0;
  for (let i = 0; i < cmyk.length; i += 4) {
    const light = 255 - cmyk[i + 3]!;
    for (let c = 0; c < 3; c++) {
      rgb[o++] = Math.trunc((255 - cmyk[i + c]!) * light / 255);
    }
  }
  return rgb;
}

/** Decodes a JPEG: gray, RGB or CMYK. */
async function decodeJpeg(bytes: Uint8Array): Promise<RgbImage> {
  const { default: jpeg } = await import("imagescript/wasm/node/jpeg.js");
  const { width, height, format, buffer } = (await jpeg.init()).decode(bytes);
  const convert = [expandGray, (rgb: Uint8Array) => rgb, convertCmyk][format];
  if (convert === undefined) {
    throw new ImageError(`its JPEG pixel format ${format} is not known`);
  }
  return { width, height, data: convert(buffer) };
}

/** Decodes a PNG of any colour type and depth. */
async function decodePng(bytes: Uint8Array): Promise<RgbImage> {
  const { default: png } = await import("imagescript/wasm/node/png.js");
  const { width, height, framebuffer } = (await png.init()).decode(bytes);
  return { width, height, data: dropAlpha(framebuffer) };
}

/** Decodes the first frame of a GIF onto its screen. */
async function decodeGif(bytes: Uint8Array): Promise<RgbImage> {
  const { default: gif } = await import("imagescript/wasm/node/gif.js");
  const decoder = new (await gif.init()).Decoder(bytes);
  const frame = decoder.frame();
  if (!frame) throw new ImageError("it has no frame");
  const { width, height } = decoder;
  const data = new Uint8Array(width * height * 3);
  const rgb = dropAlpha(frame.buffer);
  for (let y = 0; y < frame.height; y++) {
    const row = rgb.subarray(y * frame.width * 3, (y + 1) * frame.width * 3);
    data.set(row, ((frame.y + y) * width + frame.x) * 3);
  }
  return { width, height, data };
}

/** The decoder of each format. */
const DECODERS: Record<ImageFormat, (bytes: Uint8Array) => Promise<RgbImage>> =
  { jpeg: decodeJpeg, png: decodePng, gif: decodeGif };

/**
 * Decodes an image. Alpha is dropped, not blended; the orientation is not
 * applied.
 *
 * @param bytes The file.
 * @returns The pixels.
 * @throws {ImageError} If the bytes are not a whole image.
 */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const { format, width, height } = readImageHeader(bytes);
  let image: RgbImage;
  try {
    image = await DECODERS[format](bytes);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    // The decoders throw errors, strings, and traps of their WebAssembly. Each
    // call has an instance of its own, so a trap harms no later image.
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(
      `its ${format.toUpperCase()} data is damaged or cut off (${detail})`,
      { cause },
    );
  }
  if (image.width !== width || image.height !== height) {
    throw new ImageError(
      `its header says ${width}x${height} pixels, its data ${image.width}x${image.height}`,
    );
  }
  return image;
}
