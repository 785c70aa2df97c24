/**
 * One process at a time fetches a file (an edge).
 *
 * The lock is on `<target>.lock`, which stays: removing it would let a process that
 * has opened it hold a lock that nobody else sees. The operating system drops the
 * lock of a process that dies, however it dies.
 *
 * @module
 */

/** Pause between two looks; the lock is asked for so that a wait can be cancelled. */
const POLL_MS = 250;

/** How to wait. */
export interface LockOptions {
  /** Ends the wait. */
  signal: AbortSignal;
  /** Waits between two looks. */
  sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
  /** Hears, once, that another process has the lock. */
  onWait?: (() => void) | undefined;
}

/**
 * Takes the lock of a file, and waits while another process has it.
 *
 * @returns The lock; dispose of it to let go.
 */
export async function lockTarget(
  target: string,
  options: LockOptions,
): Promise<Disposable> {
  const { signal, sleep, onWait } = options;
  const file = await Deno.open(`${target}.lock`, { create: true, write: true });
  try {
    for (let looks = 0; !await file.tryLock(true); looks++) {
      if (looks === 0) onWait?.();
      await sleep(POLL_MS, signal);
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
