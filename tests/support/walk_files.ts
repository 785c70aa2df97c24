/**
 * Listing the files of a folder.
 *
 * @module
 */

import { join } from "@std/path";

/**
 * Lists the files below a folder.
 *
 * @param folder Absolute path of the folder.
 * @returns Paths relative to it, parted by slashes, in no order.
 */
export async function* walkFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) {
      yield name;
      continue;
    }
    for await (const path of walkFiles(join(folder, name))) {
      yield `${name}/${path}`;
    }
  }
}
