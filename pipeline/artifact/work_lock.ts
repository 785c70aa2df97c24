/**
 * The lock of a work directory (an edge).
 *
 * Tasks share it: several may work in one directory at a time, since writes are
 * atomic and the same work gives the same bytes. Only debris needs care: files
 * called `incomplete.…` may belong to a task that is alive, so they are swept
 * when no other task holds the lock. The operating system drops the lock of a
 * process that dies, however it dies.
 *
 * Parts of other machines hold no lock that reaches here. Where parts have left notes,
 * only what nobody has written to for an hour is swept, and parts sweep nothing.
 */

import { join } from "../path.ts";
import { isIncomplete } from "./file_store.ts";
import { hold, lockOnDisk, openLockFile, tryFlock } from "./lock_file.ts";
import { listFolder, orElse } from "./walk_folder.ts";
import { describeHolder, isHeldElsewhere } from "./lock_holder.ts";

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

/** How the lock of a work directory is taken. */
export interface WorkLockOptions {
  /** Whether debris is swept. @default {true} */
  sweeps?: boolean | undefined;
  /** Ends the waiting for another task, or for a server that does not answer. */
  signal?: AbortSignal | undefined;
  /** Called once if there is something to wait for. @param holder Who holds the lock, as the end of a sentence. */
  onWait?: ((holder: string) => void) | undefined;
}

/** Time between two looks at a lock that another task has, in milliseconds. */
const LOCK_POLL_MS = 200;

/** Folder of the notes of parts. */
const NOTES = "parts";

/** Folders of a work directory that tasks write to; the user may have put others there. */
const OWN_FOLDERS = ["artifacts", "runs", NOTES];

/** Time after which nobody writes to a half-written file any more, in milliseconds. */
const ABANDONED_MS = 3_600_000;

/**
 * Returns the time of the last change up to which half-written files are debris, in
 * milliseconds since 1970: an hour ago where parts of other machines may be at work.
 *
 * @param root Absolute path of the work directory.
 */
export async function debrisUntil(root: string): Promise<number> {
  const notes = await listFolder(join(root, NOTES));
  return notes.length === 0 ? Infinity : Date.now() - ABANDONED_MS;
}

/** What is swept. */
interface SweepOptions {
  /** Whether a task of another machine writes in the folder of a stage. */
  isInUse: (name: string) => Promise<boolean>;
  /** Time of the last change, in milliseconds since 1970, after which a file stays. */
  until: number;
}

/** Removes `incomplete.<uuid>.…` files below a folder; returns how many. */
async function sweep(folder: string, options: SweepOptions): Promise<number> {
  const { isInUse, until } = options;
  let count = 0;
  for (const entry of await listFolder(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) {
      if (!await isInUse(entry.name)) count += await sweep(path, options);
    } else if (isIncomplete(entry.name)) {
      const info = await orElse(() => Deno.stat(path), undefined);
      if (!info?.mtime || info.mtime.getTime() > until) continue;
      await orElse(() => Deno.remove(path), undefined);
      count++;
    }
  }
  return count;
}

/** A lock of nothing. */
const NO_LOCK: WorkLock = { swept: 0, [Symbol.dispose]() {} };

/** Opens the lock file; returns `undefined` where there is none, on a disk that cannot be written. */
async function openLock(root: string): Promise<Deno.FsFile | undefined> {
  const path = join(root, "lock");
  try {
    await Deno.mkdir(root, { recursive: true });
    return await openLockFile(path);
  } catch (error) {
    const isReadOnly = error instanceof Deno.errors.PermissionDenied ||
      (error as { code?: string }).code === "EROFS";
    if (!isReadOnly || !await exists(root)) {
      return await lockOnDisk(path, () => Promise.reject(error));
    }
    return await exists(path) ? await Deno.open(path) : undefined;
  }
}

/** Shares the lock with other tasks; waits for one that needs it alone. */
async function share(
  file: Deno.FsFile,
  path: string,
  { signal, onWait }: WorkLockOptions,
): Promise<void> {
  for (let isFirst = true; await tryFlock(file, false) === false;) {
    if (isFirst) onWait?.(await describeHolder(path));
    isFirst = false;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    signal?.throwIfAborted();
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
 * @throws {Error} If the lock is no file, or one that this user may not open.
 */
export async function lockWorkDirectory(
  root: string,
  options: WorkLockOptions = {},
): Promise<WorkLock> {
  const file = await openLock(root);
  if (file === undefined) return NO_LOCK;
  // A task of another machine may write where it makes a stage.
  const isInUse = (name: string) => isHeldElsewhere(join(root, "locks", name));
  try {
    let swept = 0;
    if (options.sweeps !== false && await tryFlock(file, true)) {
      const until = await debrisUntil(root);
      for (const name of OWN_FOLDERS) {
        swept += await sweep(join(root, name), { isInUse, until });
      }
      await file.unlock();
    }
    await share(file, join(root, "lock"), options);
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
  if (await tryFlock(file, true) === false) {
    file.close();
    return undefined;
  }
  return hold(file);
}
