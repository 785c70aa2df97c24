/**
 * The decoders of WebP, AVIF, HEIC, BMP and TIFF, each loaded when first needed.
 *
 * `@jsquash/webp` and `@jsquash/avif` are libwebp and libavif in WebAssembly,
 * `libheif-js` libheif with libde265, `@cwasm/nsbmp` the library of NetSurf;
 * `utif2` reads TIFF of every usual compression in JavaScript.
 */

// deno-lint-ignore-file camelcase -- the names of libheif are as they are

import { ImageError } from "../errors.ts";
import {
  placeFrame,
  requireInside,
  type RgbaDecoder,
  type RgbaImage,
} from "./rgba_image.ts";
import { quietly } from "./quiet.ts";
import { readTiffPage } from "./tiff_page.ts";
import { readFirstFrame, readWebpHeader } from "./webp_header.ts";

/** The bytes of a file as a buffer of their own. */
function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

/** An instance of a decoder of `@jsquash`, whose own function starts one only with the first picture, so that its failure would be the picture's. */
interface SquashModule<Options extends unknown[]> {
  /** Decodes a file to RGBA; nothing where it is damaged. */
  decode(bytes: ArrayBuffer, ...options: Options): ImageData | null;
}

/** Decodes a file with an instance. */
function decodeSquash<Options extends unknown[]>(
  module: SquashModule<Options>,
  bytes: Uint8Array,
  ...options: Options
): RgbaImage {
  const image = module.decode(toBuffer(bytes), ...options);
  if (!image) throw new Error("Decoding error");
  const { width, height, data } = image;
  return { width, height, rgba: data as Uint8ClampedArray };
}

/** Starts an instance of the module that a package loads; it is typed without its global types. */
async function startSquash<Options extends unknown[]>(
  loading: Promise<{ default: unknown }>,
): Promise<SquashModule<Options>> {
  const { default: start } = await loading;
  return await (start as () => Promise<SquashModule<Options>>)();
}

let webp: Promise<SquashModule<[]>> | undefined;
let avif: Promise<SquashModule<[bitDepth: 8]>> | undefined;

/** Loads the decoder of WebP: a still picture, or the first frame. */
export async function loadWebp(): Promise<RgbaDecoder> {
  const module = await (webp ??= startSquash(
    import("@jsquash/webp/codec/dec/webp_dec.js"),
  ));
  return (bytes) => {
    const frame = readFirstFrame(bytes);
    if (frame) requireInside(frame, readWebpHeader(bytes));
    const image = decodeSquash(module, frame?.bytes ?? bytes);
    return frame ? placeFrame(image, readWebpHeader(bytes), frame) : image;
  };
}

/** Loads the decoder of AVIF: the picture before it is turned. */
export async function loadAvif(): Promise<RgbaDecoder> {
  const module = await (avif ??= startSquash(
    import("@jsquash/avif/codec/dec/avif_dec.js"),
  ));
  return (bytes) => decodeSquash(module, bytes, 8);
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

/** Loads the decoder of HEIC: the picture as it is shown. */
export async function loadHeic(): Promise<RgbaDecoder> {
  const module = await quietly(() => import("libheif-js/wasm-bundle.js"));
  const heif = module.default as Heif;
  return async (bytes) => {
    const images = quietly(() => new heif.HeifDecoder().decode(bytes));
    try {
      const image = images.find((one) => one.is_primary()) ?? images[0];
      if (image === undefined) throw new ImageError("it has no picture");
      const pixels = await quietly(() =>
        heif.heif_js_decode_image2(
          image.handle,
          heif.heif_colorspace.heif_colorspace_RGB,
          heif.heif_chroma.heif_chroma_interleaved_RGBA,
        )
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

/** Most pixels of a line of a fax. */
const MOST_LINE = 2 ** 20;

/** Most bits that are looked at for a code of a fax; fill bits may come before one. */
const MOST_CODE_BITS = 512;

/** The parts of `utif2` that decode fax pages, which it does not type. */
interface FaxDecoder {
  _lens: Record<string, number>[];
  _dmap: Record<string, number>;
  _addNtimes(line: number[], count: number, colour: number): void;
}

/** Keeps the decoder of fax pages from looking for a code, or making a line, for ever. */
function limitFax(decoder: FaxDecoder): void {
  const limited = (codes: Record<string, number>) =>
    new Proxy(codes, {
      get(target, bits: string) {
        if (bits.length <= MOST_CODE_BITS) return target[bits];
        throw new ImageError("its fax data has no code");
      },
    });
  decoder._lens = decoder._lens.map(limited);
  decoder._dmap = limited(decoder._dmap);
  const { _addNtimes: add } = decoder;
  decoder._addNtimes = (line, count, colour) => {
    if (line.length + count > MOST_LINE) {
      throw new ImageError("a line of its fax data is too long");
    }
    add(line, count, colour);
  };
}

let limited = false;

/** The interpretation of ink. */
const INK = 5;

/** Loads the decoder of TIFF: the first page, before it is turned. */
export async function loadTiff(): Promise<RgbaDecoder> {
  const { default: utif } = await import("utif2");
  if (!limited) limitFax(utif.decode as unknown as FaxDecoder);
  limited = true;
  return (bytes) =>
    quietly(() => {
      const { page: claims, buffer } = readTiffPage(bytes);
      const isInk = claims.t262?.[0] === INK;
      const page = claims as unknown as Parameters<typeof utif.toRGBA8>[0];
      utif.decodeImage(buffer, page);
      const { width, height, data } = page;
      const rgba = isInk
        ? convertInk(data, width * height)
        : utif.toRGBA8(page);
      return { width, height, rgba };
    });
}
