/**
 * Folders that may not be read: the user root may read every folder, so tests that need
 * one run in a process without that right.
 *
 * @module
 */

import { tempDir } from "./temp_dir.ts";

/** Finds out whether this process is refused a folder without permissions. */
async function probe(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  await using directory = await tempDir();
  await Deno.chmod(directory.path, 0);
  const names = Array.fromAsync(Deno.readDir(directory.path));
  return await names.then(() => false, () => true)
    .finally(() => Deno.chmod(directory.path, 0o755));
}

/** Whether this process is refused what it has no permission for. */
export const IS_REFUSED = await probe();

/** Takes the permissions of a folder away, until it is disposed of. */
export async function deny(path: string): Promise<AsyncDisposable> {
  await Deno.chmod(path, 0);
  return { [Symbol.asyncDispose]: () => Deno.chmod(path, 0o755) };
}
