/**
 * Data sets of real photos, each of them there several times.
 *
 * @module
 */

import { join } from "@std/path";
import { FIXTURES, HAS_SHARED, SHARED } from "../support/fixtures.ts";

/** The photos: those beside the project, else the embedded ones. */
export const PHOTOS: URL = HAS_SHARED
  ? new URL("data/flowers/train/", SHARED)
  : new URL("images/train/", FIXTURES);

/**
 * Copies every photo several times into folders of their classes. Each copy has
 * other bytes after its end, since a photo that was seen is not decoded again.
 *
 * @param target Path of the folder; it is created.
 * @param copies How often each photo is there, at most 256.
 * @returns Number of photos.
 */
export async function copyPhotos(
  target: string,
  copies: number,
): Promise<number> {
  let count = 0;
  for await (const { name: label } of Deno.readDir(PHOTOS)) {
    const folder = new URL(`${label}/`, PHOTOS);
    await Deno.mkdir(join(target, label), { recursive: true });
    for await (const { name } of Deno.readDir(folder)) {
      const bytes = await Deno.readFile(new URL(name, folder));
      for (let copy = 0; copy < copies; copy++) {
        const path = join(target, label, `${copy}-${name}`);
        await Deno.writeFile(path, bytes);
        await Deno.writeFile(path, Uint8Array.of(copy), { append: true });
        count++;
      }
    }
  }
  return count;
}
