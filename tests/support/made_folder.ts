/**
 * Folders that all test files of a process share: each is made once, and copied.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { copyFolder } from "../e2e/support.ts";

/** Where they are, by process: code may have changed between two. */
const ROOT = fromFileUrl(new URL("../../.tmp/", import.meta.url));
const PREFIX = "made-";
const HOME = `${ROOT}${PREFIX}${Deno.pid}/`;

/** Age in milliseconds at which no process uses a folder any more. */
const OLD_MS = 3_600_000;

/** Removes the folders of earlier processes, which nothing tells that they end. */
async function removeOld(): Promise<void> {
  for await (const { name } of Deno.readDir(ROOT)) {
    if (!name.startsWith(PREFIX)) continue;
    // Another process may have renamed or removed it since.
    const info = await Deno.stat(ROOT + name).catch(() => undefined);
    if (!info || Date.now() - info.mtime!.getTime() < OLD_MS) continue;
    await Deno.remove(ROOT + name, { recursive: true }).catch(() => {});
  }
}

/**
 * Copies a folder; the first test to ask for it makes it, the others wait.
 *
 * @param name Name of the folder.
 * @param make Makes it, in an empty folder.
 * @param to Path of the copy.
 */
export async function copyMade(
  name: string,
  make: (root: string) => Promise<unknown>,
  to: string,
): Promise<void> {
  await Deno.mkdir(HOME, { recursive: true });
  const made = HOME + name;
  using lock = await Deno.open(`${made}.lock`, { create: true, write: true });
  await lock.lock(true);
  if ((await lock.stat()).size === 0) {
    await removeOld();
    await Deno.mkdir(made);
    await make(made);
    await lock.write(new TextEncoder().encode("made"));
  }
  await lock.unlock();
  await copyFolder(made, to);
}
