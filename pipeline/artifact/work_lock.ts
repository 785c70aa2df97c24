/**
 * The lock of a work directory (an edge).
 *
 * Tasks share it: several may work in one directory at a time, since writes are
 * atomic and the same work gives the same bytes. Only debris needs care: files
 * called `incomplete.…` may belong to a task that is alive, so they are swept
 * when no other task holds the lock. The operating system drops the lock of a
 * process that dies, however it dies.
 *
 * @module
 */

import { join } from "@std/path";
import { isIncomplete } from "./file_store.ts";

/** A lock that is held until it is closed. */
interface WorkLock extends Disposable {
  /** Number of half-written files of interrupted tasks that were removed. */
  readonly swept: number;
}

/** Whether there is a file or folder. */
async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Folders of a work directory that tasks write to; the user may have put others there. */
const OWN_FOLDERS = ["artifacts", "runs"];

/** Removes every `incomplete.<uuid>.…` file below a folder; returns how many. */
async function sweep(folder: string): Promise<number> {
  let count = 0;
  if (!await exists(folder)) return count;
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) count += await sweep(path);
    else if (isIncomplete(entry.name)) {
      await Deno.remove(path);
      count++;
    }
  }
  return count;
}

/** A lock of nothing. */
const NO_LOCK: WorkLock = { swept: 0, [Symbol.dispose]() {} };

/** Opens the lock file; returns `undefined` on a disk that cannot be written. */
async function openLock(root: string): Promise<Deno.FsFile | undefined> {
  try {
    await Deno.mkdir(root, { recursive: true });
    const options = { create: true, write: true };
    return await Deno.open(join(root, "lock"), options);
  } catch (error) {
    const isReadOnly = error instanceof Deno.errors.PermissionDenied ||
      (error as { code?: string }).code === "EROFS";
    if (isReadOnly && await exists(root)) return undefined;
    throw error;
  }
}

/**
 * Takes the lock of a work directory, and sweeps debris if no other task is there.
 *
 * A directory that cannot be written needs no lock: no task leaves debris there, and
 * a complete run can still be read.
 *
 * @param root Absolute path of the work directory; it is created if absent.
 * @returns The lock; dispose of it to let go.
 */
export async function lockWorkDirectory(root: string): Promise<WorkLock> {
  const file = await openLock(root);
  if (file === undefined) return NO_LOCK;
  try {
    let swept = 0;
    if (await file.tryLock(true)) {
      for (const name of OWN_FOLDERS) swept += await sweep(join(root, name));
      await file.unlock();
    }
    await file.lock(false);
    return { swept, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Takes the lock of a work directory for this task alone; tasks that start wait.
 *
 * @param root Absolute path of the work directory.
 * @returns The lock; dispose of it to let go. `undefined` while another task works there.
 */
export async function tryLockWorkDirectory(
  root: string,
): Promise<Disposable | undefined> {
  const file = await openLock(root);
  if (file === undefined) return NO_LOCK;
  if (await file.tryLock(true)) return file;
  file.close();
  return undefined;
}
