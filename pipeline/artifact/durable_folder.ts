/**
 * Folders whose names survive a power cut (an edge).
 *
 * @module
 */

import { dirname } from "@std/path";

/** Flushes the names in a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder; its file system keeps the order of renames itself.
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/** Makes a folder and those above it, each flushed to the disk; does nothing where there is one. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      await makeFolder(dirname(folder));
      return await makeFolder(folder);
    }
    const isThere = error instanceof Deno.errors.AlreadyExists &&
      (await Deno.stat(folder)).isDirectory;
    if (isThere) return;
    throw error;
  }
  await syncFolder(dirname(folder));
}
