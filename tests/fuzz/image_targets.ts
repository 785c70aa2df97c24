/**
 * The decoders of photos, for the fuzzer.
 *
 * @module
 */

import { decodeImage } from "../../pipeline/image/decode.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import { readFixture } from "../support/fixtures.ts";
import type { Target } from "./fuzz.ts";

/** Pixels above which a photo is not decoded here: many seconds, in which others could be tried. */
const MAX_PIXELS = 2 ** 22;

/** Decodes a photo as a worker does. */
async function decode(bytes: Uint8Array): Promise<void> {
  const { width, height } = readImageHeader(bytes);
  if (width * height > MAX_PIXELS) return;
  await decodeImage(bytes, ({ width, height, data }) => {
    if (data.length !== width * height * 3) {
      throw new Error("pixels are missing");
    }
  }, { transparency: "white" });
}

/** Whole photos of each format. */
const PHOTOS: Readonly<Record<string, readonly string[]>> = {
  jpeg: [
    "bad_images/whole.jpg",
    "jpegs/420.jpg",
    "jpegs/progressive.jpg",
    "jpegs/cmyk.jpg",
    "jpegs/411.jpg",
    "jpegs/restart.jpg",
    "jpegs/arithmetic.jpg",
  ],
  png: [
    "bad_images/whole.png",
    "formats/sixteen.png",
    "formats/palette-transparent.png",
  ],
  gif: ["formats/transparent.gif"],
  webp: [
    "formats/lossy.webp",
    "formats/lossless-alpha.webp",
    "formats/lossy-alpha.webp",
    "formats/animated.webp",
  ],
  avif: ["formats/photo.avif", "formats/alpha.avif", "formats/turned.avif"],
  heic: ["formats/photo.heic", "formats/alpha.heic"],
  bmp: ["formats/rgb.bmp", "formats/palette.bmp", "formats/bilevel.bmp"],
  tiff: [
    "formats/lzw-predictor.tiff",
    "formats/adobe-deflate.tiff",
    "formats/packbits.tiff",
    "formats/tiled.tiff",
    "formats/jpeg.tiff",
    "formats/bilevel-g4.tiff",
    "formats/pages.tiff",
    "formats/big-endian.tiff",
    "formats/cmyk.tiff",
    "formats/palette.tiff",
  ],
};

/** The decoders. */
export const IMAGE_TARGETS: readonly Target[] = Object.entries(PHOTOS).map(
  ([name, paths]) => ({
    name,
    seeds: () => Promise.all(paths.map((path) => readFixture(path))),
    parse: decode,
    rounds: 100,
  }),
);
