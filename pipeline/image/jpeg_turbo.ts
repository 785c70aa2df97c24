/**
 * libjpeg-turbo in WebAssembly: JPEG to exactly the pixels of Pillow, which uses
 * the same library.
 *
 * One instance serves all photos of a thread, so that its buffers are used
 * again. It is replaced after anything went wrong in it, and after an image that
 * was so large that its memory, which never shrinks, should be given back.
 *
 * Decoding at a fraction of the size, which is quicker for large photos, is not
 * used: its pixels are not those of decoding and resizing.
 *
 * Source: `JPEGDecoder.hpp` of https://github.com/cornerstonejs/codecs.
 */

import { expandGray } from "./gray.ts";
import type { RgbImage } from "./rgb_image.ts";

/** Memory that an instance may keep: what a photo of 40 megapixels takes. */
const KEPT_BYTES = 256 * 2 ** 20;

/** A decoder. The encoded buffer is a view that ends when its memory grows; the decoded one is a copy. */
interface JpegDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; componentCount: number };
}

/** An instance of the WebAssembly module. */
interface JpegModule {
  JPEGDecoder: new () => JpegDecoder;
  HEAPU8: Uint8Array;
}

/** An instance and the decoder in it. */
interface Codec {
  module: JpegModule;
  decoder: JpegDecoder;
  /** Whether it must not be used again. */
  isSpent: boolean;
}

/**
 * Decodes a gray or colour JPEG, as {@linkcode decodeTurbo} does; `undefined` if
 * there is anything to complain about.
 */
export type TurboDecoder = <T>(
  bytes: Uint8Array,
  use: (image: RgbImage) => T,
) => Promise<{ used: T } | undefined>;

let current: Promise<Codec> | undefined;

/** Starts an instance. */
async function startCodec(): Promise<Codec> {
  // Loaded only where a JPEG is decoded. Reading the module needs permission to
  // read, as that of any WebAssembly file of an npm package does.
  const { default: start } = await import(
    "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"
  );
  // What goes wrong is thrown as well; pure code prints nothing.
  const module: JpegModule = await start({ printErr() {} });
  return { module, decoder: new module.JPEGDecoder(), isSpent: false };
}

/** Loads the decoder, if it is not loaded. */
export async function loadTurbo(): Promise<void> {
  await (current ??= startCodec());
}

/** Decodes with an instance; one in which anything went wrong is spent. */
function decodeWith(codec: Codec, bytes: Uint8Array): RgbImage | undefined {
  const { module, decoder } = codec;
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
  } catch {
    codec.isSpent = true;
    return undefined;
  }
  codec.isSpent = module.HEAPU8.byteLength > KEPT_BYTES;
  const { width, height, componentCount } = decoder.getFrameInfo();
  const levels = decoder.getDecodedBuffer();
  const data = componentCount === 1 ? expandGray(levels) : levels;
  return { width, height, data };
}

/**
 * Decodes a gray or colour JPEG.
 *
 * @param use Is given the pixels: a copy, which it may keep or free.
 * @returns What `use` returns; `undefined` if libjpeg-turbo has anything to complain about, since it does not tell a warning from an error.
 */
export async function decodeTurbo<T>(
  bytes: Uint8Array,
  use: (image: RgbImage) => T,
): Promise<{ used: T } | undefined> {
  let codec: Codec;
  do {
    const instance = current ??= startCodec();
    codec = await instance;
    // Another image may have spent it while this one waited.
    if (codec.isSpent && current === instance) current = undefined;
  } while (codec.isSpent);
  // Nothing is awaited from here on: another image would be decoded.
  const image = decodeWith(codec, bytes);
  return image && { used: use(image) };
}
