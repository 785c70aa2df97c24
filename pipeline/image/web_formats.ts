/**
 * The decoders of WebP, AVIF, HEIC, BMP and TIFF, each loaded when first needed.
 *
 * `@jsquash/webp` and `@jsquash/avif` are libwebp and libavif in WebAssembly,
 * `libheif-js` libheif with libde265, `@cwasm/nsbmp` the library of NetSurf;
 * `utif2` reads TIFF of every usual compression in JavaScript.
 *
 * @module
 */

// deno-lint-ignore-file camelcase -- the names of libheif are as they are

import { ImageError } from "../errors.ts";
import { placeFrame, type RgbaDecoder, type RgbaImage } from "./rgba_image.ts";
import { quietly } from "./quiet.ts";
import { readFirstFrame, readWebpHeader } from "./webp_header.ts";

/** The bytes of a file as a buffer of their own. */
function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

/**
 * Loads the decoder of WebP: a still picture, or the first frame.
 *
 * @returns The decoder.
 */
export async function loadWebp(): Promise<RgbaDecoder> {
  const { default: decode } = await import("@jsquash/webp/decode.js");
  return async (bytes) => {
    const frame = readFirstFrame(bytes);
    const still = await decode(toBuffer(frame?.bytes ?? bytes));
    const { width, height, data } = still;
    const image = { width, height, rgba: data as Uint8ClampedArray };
    return frame ? placeFrame(image, readWebpHeader(bytes), frame) : image;
  };
}

/**
 * Loads the decoder of AVIF: the picture before it is turned.
 *
 * @returns The decoder.
 */
export async function loadAvif(): Promise<RgbaDecoder> {
  const { default: decode } = await import("@jsquash/avif/decode.js");
  return async (bytes) => {
    const image = await decode(toBuffer(bytes));
    if (image === null) throw new ImageError("it cannot be decoded");
    const { width, height, data } = image;
    return { width, height, rgba: data as Uint8ClampedArray };
  };
}

/** The part of libheif that is used, which the package does not type. */
interface Heif {
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
  /** Decodes a picture; what is not decoded has a code and no channels. */
  heif_js_decode_image2(
    handle: unknown,
    colorspace: unknown,
    chroma: unknown,
  ): Promise<HeifPixels | undefined>;
  heif_image_release(image: unknown): void;
  heif_colorspace: Record<string, unknown>;
  heif_chroma: Record<string, unknown>;
}

/** A picture in a file. */
interface HeifImage {
  handle: unknown;
  is_primary(): number;
  free(): void;
}

/** Pixels in the memory of the decoder. */
interface HeifPixels {
  channels?: {
    width: number;
    height: number;
    stride: number;
    data: Uint8Array;
  }[];
  image: unknown;
}

/** Copies the rows of pixels, which may have room between them. */
function copyRows({ channels }: HeifPixels): RgbaImage {
  const { width, height, stride, data } = channels![0]!;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    rgba.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4);
  }
  return { width, height, rgba };
}

/**
 * Loads the decoder of HEIC: the picture as it is shown.
 *
 * @returns The decoder.
 */
export async function loadHeic(): Promise<RgbaDecoder> {
  const module = await import("libheif-js/wasm-bundle.js");
  const heif = module.default as Heif;
  return async (bytes) => {
    const images = quietly(() => new heif.HeifDecoder().decode(bytes));
    try {
      const image = images.find((one) => one.is_primary()) ?? images[0];
      if (image === undefined) throw new ImageError("it has no picture");
      const pixels = await heif.heif_js_decode_image2(
        image.handle,
        heif.heif_colorspace.heif_colorspace_RGB,
        heif.heif_chroma.heif_chroma_interleaved_RGBA,
      );
      if (!pixels?.channels) throw new ImageError("it cannot be decoded");
      const copy = copyRows(pixels);
      heif.heif_image_release(pixels.image);
      return copy;
    } finally {
      for (const one of images) one.free();
    }
  };
}

/**
 * Loads the decoder of BMP.
 *
 * @returns The decoder.
 */
export async function loadBmp(): Promise<RgbaDecoder> {
  const { default: bmp } = await import("@cwasm/nsbmp");
  return (bytes) => {
    const { width, height, data } = bmp.decode(bytes);
    return { width, height, rgba: data };
  };
}

/** Makes RGBA of ink by Pillow's rule. */
function convertInk(ink: Uint8Array, pixels: number): Uint8Array {
  const rgba = new Uint8Array(pixels * 4);
  const step = ink.length / pixels;
  for (let i = 0; i < pixels; i++) {
    const light = 255 - ink[i * step + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = ink[i * step + c]! * light + 128;
      rgba[i * 4 + c] = light - ((product >> 8) + product >> 8);
    }
    rgba[i * 4 + 3] = 255;
  }
  return rgba;
}

/** Unlinks the pages after the first: a damaged link leads the library in circles. */
function endAfterFirstPage(view: DataView): void {
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  const count = view.getUint16(directory, little);
  view.setUint32(directory + 2 + 12 * count, 0, little);
}

/** The interpretation of ink. */
const INK = 5;

/**
 * Loads the decoder of TIFF: the first page, before it is turned.
 *
 * @returns The decoder.
 */
export async function loadTiff(): Promise<RgbaDecoder> {
  const { default: utif } = await import("utif2");
  return (bytes) =>
    quietly(() => {
      const buffer = toBuffer(bytes);
      endAfterFirstPage(new DataView(buffer));
      const [page] = utif.decode(buffer);
      if (page === undefined) throw new ImageError("it has no page");
      utif.decodeImage(buffer, page);
      const { width, height, data } = page;
      const isInk = (page.t262 as number[] | undefined)?.[0] === INK;
      const rgba = isInk
        ? convertInk(data, width * height)
        : utif.toRGBA8(page);
      return { width, height, rgba };
    });
}
