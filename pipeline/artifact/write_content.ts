/**
 * Writing the bytes of a file under a temporary name, then renaming it, and flushing
 * the folder: its names survive a power cut (an edge).
 */

import { dirname, join } from "../path.ts";
import { explainDisk } from "./disk.ts";
import type { Content } from "./store.ts";
import { orElse } from "./walk_folder.ts";

/** Parts of a content; one that is whole is its only part. */
function partsOf(content: Content): Exclude<Content, Uint8Array> {
  return content instanceof Uint8Array ? [content] : content;
}

/** Runs a step of the writing; says of what fails which file it was, and why. */
async function writing<T>(
  wanted: Parameters<typeof explainDisk>[1],
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw await explainDisk(cause, wanted);
  }
}

/**
 * Writes a content to a temporary name, flushes it, and renames it; where
 * anything fails no file is left.
 *
 * @param path Absolute path of the file.
 * @throws {DiskError} If it cannot be written; what the content throws as it is.
 */
export async function writeContent(
  content: Content,
  path: string,
  temporary: string,
): Promise<void> {
  const folder = dirname(path);
  const other = join(folder, temporary);
  const options = { write: true, createNew: true };
  const isWhole = content instanceof Uint8Array;
  const neededBytes = isWhole ? content.byteLength : 0;
  const wanted = { path, neededBytes, isRename: false };
  await writing(wanted, () => makeFolder(folder));
  try {
    using file = await writing(wanted, () => Deno.open(other, options));
    for await (const bytes of partsOf(content)) {
      if (!isWhole) wanted.neededBytes += bytes.byteLength;
      await writing(wanted, async () => {
        for (let written = 0; written < bytes.length;) {
          written += await file.write(bytes.subarray(written));
        }
      });
    }
    await writing(wanted, () => file.sync());
    await writing(
      { ...wanted, isRename: true },
      () => Deno.rename(other, path),
    );
  } catch (error) {
    await orElse(() => Deno.remove(other), undefined);
    throw error;
  }
  await writing(wanted, () => syncFolder(folder));
}

/** Flushes the names in a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder; its file system keeps the order of renames itself.
  if (Deno.build.os === "windows") return;
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch (error) {
    // A task may not look at the folder that its work directory is in.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
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
