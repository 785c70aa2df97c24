/**
 * JPEGs of small pictures, by libjpeg-turbo in WebAssembly.
 *
 * imagescript's encoder makes files of the same size in the same time, but it is
 * native code, which would end the sandbox.
 *
 * Source: `JPEGEncoder.hpp` of https://github.com/cornerstonejs/codecs.
 *
 * @module
 */

import type { RgbImage } from "./rgb_image.ts";

/** Halves the resolution of colour across and down: `TJSAMP_420`. */
const HALF_COLOUR = 2;

/** An encoder; its views are of the memory as it is, and end when that grows. */
interface JpegEncoder {
  setQuality(quality: number): void;
  setSubSampling(sampling: number): void;
  setProgressive(progressive: number): void;
  getDecodedBuffer(frame: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
  }): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8ClampedArray;
}

let current: Promise<JpegEncoder> | undefined;

/** Starts an instance of the WebAssembly module. */
async function startEncoder(): Promise<JpegEncoder> {
  // Loaded only where a JPEG is encoded.
  const { default: start } = await import(
    "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs"
  );
  // What goes wrong is thrown as well; pure code prints nothing.
  const module = await start({ printErr() {} });
  return new module.JPEGEncoder();
}

/**
 * Encodes a picture as a progressive JPEG with 4:2:0 colour.
 *
 * Equal pixels give equal bytes.
 *
 * @example Usage
 * ```ts
 * const gray = { width: 8, height: 8, data: new Uint8Array(192).fill(128) };
 * (await encodeJpeg(gray, 75)).subarray(0, 2); // [0xff, 0xd8]
 * ```
 *
 * @param image The picture.
 * @param quality Quality of libjpeg, 1 to 100.
 * @returns The file, in memory of its own.
 */
export async function encodeJpeg(
  image: RgbImage,
  quality: number,
): Promise<Uint8Array> {
  const encoder = await (current ??= startEncoder());
  const { width, height, data } = image;
  const frame = { width, height, componentCount: 3 };
  encoder.setQuality(quality);
  encoder.setSubSampling(HALF_COLOUR);
  encoder.setProgressive(1);
  const pixels = { ...frame, bitsPerSample: 8, isSigned: false };
  encoder.getDecodedBuffer(pixels).set(data);
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}
