/**
 * The disk under a path (an edge: it asks the file system).
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

/** Finds what exists on the way to a path: a folder, or a file in the way. */
async function nearest(path: string): Promise<string> {
  for (let parent = path;; parent = dirname(parent)) {
    const info = await Deno.stat(parent).catch(() => undefined);
    if (info || parent === dirname(parent)) return parent;
  }
}

/**
 * Looks at the disk under a path, and creates nothing that stays.
 *
 * @param path Absolute path of a folder that need not exist.
 */
export async function probeDisk(path: string): Promise<DiskProbe> {
  const folder = await nearest(path);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: folder }));
    return { isWritable: true, freeBytes };
  } catch {
    return { isWritable: false, freeBytes };
  }
}
