/**
 * Writing the bytes of a file under a temporary name, then renaming it, and flushing
 * the folder: its names survive a power cut (an edge).
 *
 * @module
 */

import { dirname } from "@std/path";
import type { Content } from "./store.ts";
import { orElse } from "./walk_folder.ts";

/** Parts of a content; one that is whole is its only part. */
function partsOf(content: Content): Exclude<Content, Uint8Array> {
  return content instanceof Uint8Array ? [content] : content;
}

/** Runs a step of the writing; says of what fails which file it was. */
async function writing<T>(target: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`Cannot write "${target}": ${reason}`, { cause });
  }
}

/**
 * Writes a content to a temporary name, flushes it, and renames it; where
 * anything fails no file is left.
 *
 * @param paths Absolute paths of the file, and of the temporary one beside it.
 * @throws {Error} If it cannot be written; what the content throws as it is.
 */
export async function writeContent(
  content: Content,
  paths: { target: string; temporary: string },
): Promise<void> {
  const { target, temporary } = paths;
  const options = { write: true, createNew: true };
  try {
    using file = await writing(target, () => Deno.open(temporary, options));
    for await (const bytes of partsOf(content)) {
      await writing(target, async () => {
        for (let written = 0; written < bytes.length;) {
          written += await file.write(bytes.subarray(written));
        }
      });
    }
    await writing(target, async () => {
      await file.sync();
      await Deno.rename(temporary, target);
    });
  } catch (error) {
    await orElse(() => Deno.remove(temporary), undefined);
    throw error;
  }
}

/** Flushes the names in a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder; its file system keeps the order of renames itself.
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/** Makes a folder and those above it, each flushed to the disk; does nothing if it exists. */
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
