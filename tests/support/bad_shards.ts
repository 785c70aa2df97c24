/**
 * Files that are not safetensors, with what must be said of each.
 *
 * @module
 */

import { FIXTURES } from "./fixtures.ts";

/**
 * Reads `fixtures/bad_shards/`.
 *
 * @returns For each file its name, its bytes and the exact message; sorted by name.
 */
export async function badShards(): Promise<[string, Uint8Array, string][]> {
  const folder = new URL("bad_shards/", FIXTURES);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const files = names.filter((name) => name.endsWith(".safetensors")).sort();
  return await Promise.all(files.map(
    async (file): Promise<[string, Uint8Array, string]> => {
      const text = file.replace(/safetensors$/, "txt");
      return [
        file,
        await Deno.readFile(new URL(file, folder)),
        (await Deno.readTextFile(new URL(text, folder))).trimEnd(),
      ];
    },
  ));
}
