/**
 * Lock files that say who holds them (an edge).
 *
 * The operating system locks the file, and lets go when its process dies, however it
 * dies. On a file system that several machines share, that lock may hold for one of
 * them only, or not exist at all. So who holds a file also writes there who it is, and
 * touches it every few seconds: a task of another machine counts as alive as long as
 * that goes on, by the clock of the task that watches.
 */

import { dirname } from "../path.ts";
import { explainDisk } from "./disk.ts";
import {
  isElsewhere,
  MAX_BYTES,
  parseHolder,
  thisProcess,
} from "./lock_holder.ts";

/** Time between two touches of a lock that is held, in milliseconds. */
const BEAT_MS = 5_000;

/** Time without a touch after which the holder on another machine counts as dead, in milliseconds. */
const DEAD_MS = 30_000;

/** Time for which two tasks that take a lock at once wait to see who wrote last, where the system has no locks. */
const SETTLE_MS = 100;

/** Reads the text of a lock file from its start. */
async function readText(file: Deno.FsFile): Promise<string> {
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = new Uint8Array(MAX_BYTES);
  const count = await file.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count));
}

/**
 * Opens a lock file; creates it if it is absent.
 *
 * Every user who may write in its folder may lock it, whatever the umask of the user who made
 * it. A file of another user that may only be read is opened for that: it can be locked
 * as well.
 *
 * @throws {Error} If it is no file, such as a pipe, whose opening would wait for somebody to write.
 */
export async function openLockFile(path: string): Promise<Deno.FsFile> {
  const options = { read: true, write: true };
  try {
    const file = await Deno.open(path, { ...options, createNew: true });
    if (Deno.build.os !== "windows") {
      const { mode } = await Deno.stat(dirname(path));
      await Deno.chmod(path, mode! & 0o666);
    }
    return file;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  if (!(await Deno.stat(path)).isFile) {
    throw new Error(
      `Cannot lock "${path}" as it must be a file: it is a folder, a pipe or a device`,
    );
  }
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    return await openToRead(path);
  }
}

/** Opens a lock file that may not be written. */
async function openToRead(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    throw new Error(
      `Cannot lock "${path}" as it belongs to another user, and this one may not open it: give both a group that may write in "${
        dirname(path)
      }", or use a work directory of your own`,
      { cause },
    );
  }
}

/**
 * Locks an open file, if no other process has.
 *
 * @returns Whether it is locked; `undefined` if its file system has no locks.
 */
export async function tryFlock(
  file: Deno.FsFile,
  isExclusive: boolean,
): Promise<boolean | undefined> {
  try {
    return await file.tryLock(isExclusive);
  } catch {
    return undefined;
  }
}

/** Runs a step that a full or vanished disk may refuse: the lock holds without it. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // What is written next says what is wrong with the disk.
  }
}

/** Writes into a lock file who holds it; returns the text. */
function sign(file: Deno.FsFile): string {
  const text = JSON.stringify(thisProcess());
  attempt(() => {
    file.truncateSync(0);
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(text));
  });
  return text;
}

/** Keeps a lock file that is signed, and shows that its holder is alive, until the lock is disposed of. */
function keep(file: Deno.FsFile): Disposable {
  const touch = () => file.utimeSync(new Date(), new Date());
  const beat = setInterval(() => attempt(touch), BEAT_MS);
  Deno.unrefTimer(beat);
  return {
    [Symbol.dispose]() {
      clearInterval(beat);
      attempt(() => file.truncateSync(0));
      file.close();
    },
  };
}

/** Signs a lock file that is locked, and keeps it. */
export function hold(file: Deno.FsFile): Disposable {
  sign(file);
  return keep(file);
}

/** Takes locks of files, and remembers when the holders of the others were last seen alive. */
export class FileLocks {
  readonly #seen = new Map<string, { trace: string; sinceMs: number }>();

  /** Whether a lock that the system gave, or does not know, belongs to a task that lives. */
  async #isAlive(
    path: string,
    file: Deno.FsFile,
    isLocked: boolean | undefined,
  ): Promise<boolean> {
    const text = await readText(file);
    const holder = parseHolder(text);
    if (holder === undefined) return false;
    // The system of this machine has let go: the process is dead.
    if (isLocked && !isElsewhere(holder)) return false;
    const { mtime } = await file.stat();
    const trace = `${text}${mtime?.getTime()}`;
    const now = performance.now();
    const seen = this.#seen.get(path);
    if (seen?.trace === trace) return now - seen.sinceMs < DEAD_MS;
    this.#seen.set(path, { trace, sinceMs: now });
    return true;
  }

  /**
   * Takes the lock of a file; creates it if it is absent.
   *
   * @param path Absolute path of the file, whose folder must exist.
   * @returns The lock; dispose of it to let go. `undefined` while another task has it.
   */
  async try(path: string): Promise<Disposable | undefined> {
    const file = await openLockFile(path);
    let isOurs = false;
    try {
      const isLocked = await tryFlock(file, true);
      if (isLocked === false) return undefined;
      if (await this.#isAlive(path, file, isLocked)) return undefined;
      const text = sign(file);
      if (isLocked === undefined) {
        // Of tasks that sign at once, the last has the lock.
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        if (await readText(file) !== text) return undefined;
      }
      isOurs = true;
      return keep(file);
    } finally {
      if (!isOurs) file.close();
    }
  }
}

/** Runs what makes a lock file; says of a disk that does not take it why. */
export async function lockOnDisk<T>(
  path: string,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make();
  } catch (error) {
    // Our own errors have no words of the system.
    if (!/os error \d/.test((error as Error).message)) throw error;
    throw await explainDisk(error, { path, neededBytes: 0, isRename: false });
  }
}
