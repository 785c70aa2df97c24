/**
 * Temporary directories that remove themselves.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";

/** Where all of them are; the tests may write nowhere else. */
const ROOT: string = fromFileUrl(new URL("../../.tmp/", import.meta.url));

/** A directory that is removed with everything in it when it is disposed of. */
export interface TempDir extends AsyncDisposable {
  /** Absolute path. */
  readonly path: string;
  /** Returns the absolute path of something in it. */
  join(...parts: string[]): string;
}

/**
 * Makes an empty directory below `.tmp/`.
 *
 * @example Usage
 * ```ts
 * await using directory = await tempDir();
 * await Deno.writeTextFile(directory.join("a.txt"), "a");
 * ```
 *
 * @returns The directory; hold it with `await using`.
 */
export async function tempDir(): Promise<TempDir> {
  await Deno.mkdir(ROOT, { recursive: true });
  const path = await Deno.makeTempDir({ dir: ROOT });
  return {
    path,
    join: (...parts) => join(path, ...parts),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
