/**
 * Data sets of any size for benchmarks: many small photos, no two the same.
 *
 * Run it as `deno run -A tests/bench/make_photos.ts <directory> <count>`.
 *
 * @module
 */

import { join } from "@std/path";
import { integers } from "../support/random.ts";
import { encodeMosaicJpeg, encodeMosaicPng } from "./mosaic_image.ts";

/** Number of classes. */
const CLASSES = 10;

/** One photo in this many is a PNG, the others are JPEGs. */
const PNG_EVERY = 8;

/** A photo that has no file yet. */
export interface MadePhoto {
  /** Path, relative to the folder of photos. */
  path: string;
  /** Bytes of the file. */
  bytes: Uint8Array;
}

/**
 * Makes a photo: a mosaic around a tint of its class. A function of its number
 * alone.
 *
 * @param number Its number, from 0.
 * @returns The photo, in the folder of its class.
 */
export function makePhoto(number: number): MadePhoto {
  const draw = integers(number + 1);
  const label = number % CLASSES;
  const columns = 4 + draw(5);
  const rows = 4 + draw(5);
  const tint = [label * 20, (label * 70) % 200, 190 - label * 15];
  const tiles = Uint8Array.from(
    { length: columns * rows * 3 },
    (_, i) => tint[i % 3]! + draw(50),
  );
  const isPng = number % PNG_EVERY === PNG_EVERY - 1;
  const encode = isPng ? encodeMosaicPng : encodeMosaicJpeg;
  const name = String(number).padStart(7, "0");
  const path = `class_${label}/${name}.${isPng ? "png" : "jpg"}`;
  return { path, bytes: encode({ columns, rows, tiles }) };
}

/**
 * Writes a data set of `count` photos in ten classes, divided by nobody; the
 * same bytes at each run, and of a larger one the smaller is the beginning.
 *
 * @param directory Path of the folder; it is created.
 * @param count Number of photos.
 */
export async function makePhotos(
  directory: string,
  count: number,
): Promise<void> {
  for (let label = 0; label < Math.min(CLASSES, count); label++) {
    const folder = join(directory, `class_${label}`);
    await Deno.mkdir(folder, { recursive: true });
  }
  for (let number = 0; number < count; number++) {
    const { path, bytes } = makePhoto(number);
    await Deno.writeFile(join(directory, path), bytes);
  }
}

if (import.meta.main) {
  const [directory, count] = Deno.args;
  await makePhotos(directory!, Number(count));
}
