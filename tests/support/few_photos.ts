/**
 * A few of the photos of a folder, for tests whose work takes long for each.
 *
 * @module
 */

import { walkFiles } from "./walk_files.ts";

/**
 * Copies the first photos of each class of each split.
 *
 * @param from Path of a folder `<split>/<class>/<photo>`, with a slash at its end.
 * @param to Path of the copy.
 * @param counts Photos of each class, by split.
 */
export async function copyFew(
  from: string,
  to: string,
  counts: { train: number; val: number },
): Promise<void> {
  for (const [split, count] of Object.entries(counts)) {
    for await (const { name } of Deno.readDir(from + split)) {
      const [all, few] = [`${from}${split}/${name}`, `${to}/${split}/${name}`];
      const photos = await Array.fromAsync(walkFiles(all));
      await Deno.mkdir(few, { recursive: true });
      for (const photo of photos.toSorted().slice(0, count)) {
        await Deno.copyFile(`${all}/${photo}`, `${few}/${photo}`);
      }
    }
  }
}
