/**
 * sharp on one thread: reading, decoding, a stretch to a square with the nearest
 * pixel.
 *
 * Arguments: folder of photos, side of the images.
 *
 * @module
 */

import { join } from "@std/path";
import sharp from "sharp";
import { serve } from "../serve.ts";

const [folder, size] = Deno.args;
const side = Number(size);
sharp.concurrency(1);
sharp.cache(false);

/** Lists the files below a folder. */
function* listFiles(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) yield* listFiles(join(path, name));
    else yield join(path, name);
  }
}

const paths = [...listFiles(folder!)].sort();

await serve({
  prepare: (count) => paths.slice(0, count),
  async run(chosen) {
    let pixels = new Uint8Array();
    for (const path of chosen) {
      const bytes = await Deno.readFile(path);
      pixels = await sharp(bytes)
        .resize(side, side, { fit: "fill", kernel: "nearest" })
        .toColourspace("srgb").removeAlpha().raw().toBuffer();
    }
    return pixels.subarray(0, 1);
  },
});
