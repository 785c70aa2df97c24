/**
 * The disk under a path.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { dirname } from "@std/path";

/** What a disk offers. */
export interface DiskProbe {
  /** Whether files can be written there. */
  isWritable: boolean;
  /** Bytes that are free. */
  freeBytes: number;
}

/** Finds the folder that exists on the way to a path. */
async function nearestFolder(path: string): Promise<string> {
  for (let folder = path;; folder = dirname(folder)) {
    const info = await Deno.stat(folder).catch(() => undefined);
    if (info?.isDirectory || folder === dirname(folder)) return folder;
  }
}

/**
 * Looks at the disk under a path, and creates nothing that stays.
 *
 * @param path Absolute path of a folder that need not exist.
 * @returns What the disk offers.
 */
export async function probeDisk(path: string): Promise<DiskProbe> {
  const folder = await nearestFolder(path);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: folder }));
    return { isWritable: true, freeBytes };
  } catch {
    return { isWritable: false, freeBytes };
  }
}
