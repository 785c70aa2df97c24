/**
 * The decoders of imagescript, which run in WebAssembly.
 *
 * They are imported one by one: the package as a whole loads a native encoder
 * that needs `--allow-ffi`, which would end the sandbox, and decoding does not
 * use it. PNG and GIF give Pillow's pixels exactly, JPEG within 2 levels. Each
 * image has an instance of its own, so a trap harms no later one.
 */

import { ImageError } from "../errors.ts";
import { expandGray } from "./gray.ts";
import { placeFrame, type RgbaDecoder } from "./rgba_image.ts";
import type { RgbImage } from "./rgb_image.ts";

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

/**
 * Decodes the bytes of a file; throws if they are damaged.
 *
 * @returns The pixels.
 */
export type Decoder = (bytes: Uint8Array) => RgbImage;

/** Loads the decoder of JPEGs: gray, RGB and CMYK. */
export async function loadScriptJpeg(): Promise<Decoder> {
  const { default: jpeg } = await import("imagescript/wasm/node/jpeg.js");
  const instance = await jpeg.init();
  return (bytes) => {
    const { width, height, format, buffer } = instance.decode(bytes);
    const convert = [expandGray, (rgb: Uint8Array) => rgb, convertCmyk][format];
    if (convert === undefined) {
      throw new ImageError(`its JPEG pixel format ${format} is not known`);
    }
    return { width, height, data: convert(buffer) };
  };
}

/** Loads the decoder of PNGs of any colour type and depth. */
export async function loadPng(): Promise<RgbaDecoder> {
  const { default: png } = await import("imagescript/wasm/node/png.js");
  const instance = await png.init();
  return (bytes) => {
    const { width, height, framebuffer } = instance.decode(bytes);
    return { width, height, rgba: framebuffer };
  };
}

/** Loads the decoder of GIFs: the first frame, on its screen. */
export async function loadGif(): Promise<RgbaDecoder> {
  const { default: gif } = await import("imagescript/wasm/node/gif.js");
  const instance = await gif.init();
  return (bytes) => {
    const decoder = new instance.Decoder(bytes);
    const frame = decoder.frame();
    if (!frame) throw new ImageError("it has no frame");
    const { width, height } = decoder;
    return placeFrame({ ...frame, rgba: frame.buffer }, { width, height }, {
      left: frame.x,
      top: frame.y,
    });
  };
}
