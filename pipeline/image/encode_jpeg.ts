/**
 * JPEGs of small pictures, by libjpeg-turbo in WebAssembly.
 *
 * imagescript's encoder makes files of the same size in the same time, but it is
 * native code, which would end the sandbox.
 *
 * Source: `JPEGEncoder.hpp` of https://github.com/cornerstonejs/codecs.
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

/** Largest side of a picture, in pixels. */
const MOST_SIDE = 240;

/** Side of the picture that is encoded first: what libjpeg may write of the largest fits into its pixels. */
const FIRST_SIDE = 256;

let current: Promise<JpegEncoder> | undefined;

/** Encodes a picture; its file ends with the next one. */
function encodeWith(
  encoder: JpegEncoder,
  { width, height, data }: RgbImage,
): Uint8ClampedArray {
  const frame = { width, height, componentCount: 3 };
  const pixels = { ...frame, bitsPerSample: 8, isSigned: false };
  encoder.getDecodedBuffer(pixels).set(data);
  encoder.encode();
  return encoder.getEncodedBuffer();
}

/**
 * Starts an instance of the WebAssembly module.
 *
 * The encoder reserves as much for the file as the pixels take and then writes
 * without asking, beyond what is reserved where the header is most of the file.
 * What was reserved once stays, so a large picture goes first.
 */
async function startEncoder(): Promise<JpegEncoder> {
  // Loaded only where a JPEG is encoded.
  const { default: start } = await import(
    "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs"
  );
  // What goes wrong is thrown as well; pure code prints nothing.
  const module = await start({ printErr() {} });
  const encoder: JpegEncoder = new module.JPEGEncoder();
  const side = FIRST_SIDE;
  const data = new Uint8Array(side * side * 3);
  encodeWith(encoder, { width: side, height: side, data });
  return encoder;
}

/**
 * Encodes a picture as a progressive JPEG with 4:2:0 colour.
 *
 * Equal pixels give equal bytes.
 *
 * @example Usage
 * ```ts
 * const gray = { width: 32, height: 32, data: new Uint8Array(3072) };
 * (await encodeJpeg(gray, 75)).subarray(0, 2); // [0xff, 0xd8]
 * ```
 *
 * @param quality Quality of libjpeg, 1 to 100.
 * @returns The file, in memory of its own.
 * @throws {RangeError} If a side is longer than {@linkcode MOST_SIDE}, or the file larger than the pixels, as it is where there are a few hundred.
 */
export async function encodeJpeg(
  image: RgbImage,
  quality: number,
): Promise<Uint8Array> {
  const { width, height } = image;
  if (Math.max(width, height) > MOST_SIDE) {
    throw new RangeError(
      `Cannot encode a picture as a JPEG as its sides must be at most ${MOST_SIDE} pixels: they are ${width} and ${height}`,
    );
  }
  const encoder = await (current ??= startEncoder());
  encoder.setQuality(quality);
  encoder.setSubSampling(HALF_COLOUR);
  encoder.setProgressive(1);
  const file = encodeWith(encoder, image);
  // The encoder fills what goes beyond the pixels with zeros.
  if (file.length > image.data.length) {
    throw new RangeError(
      `Cannot encode a picture as a JPEG as its file must not be larger than its pixels: ${file.length} bytes of ${width} x ${height} pixels`,
    );
  }
  return new Uint8Array(file);
}
