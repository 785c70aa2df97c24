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
export interface WorkLock extends Disposable {
  /** Files that an interrupted task had left behind and that were removed. */
  readonly swept: number;
}

/** Removes every `incomplete.<uuid>.…` file below a folder; returns how many. */
async function sweep(folder: string): Promise<number> {
  let count = 0;
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

/**
 * Takes the lock of a work directory, and sweeps debris if no other task is there.
 *
 * @param root Absolute path of the work directory; it is created if absent.
 * @returns The lock; dispose of it to let go.
 */
export async function lockWorkDirectory(root: string): Promise<WorkLock> {
  await Deno.mkdir(root, { recursive: true });
  const file = await Deno.open(join(root, "lock"), {
    create: true,
    write: true,
  });
  try {
    let swept = 0;
    if (await file.tryLock(true)) {
      swept = await sweep(root);
      await file.unlock();
    }
    await file.lock(false);
    return { swept, [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
