/** How long a disk takes to look files up (an edge: it reads the clock). */

/** Time that this thread waits before it judges a disk, in milliseconds: a machine that is busy may stop it as long. */
const PATIENCE_MS = 30;

/**
 * Mean time of a lookup from which on a disk is slow, in milliseconds. A local disk takes
 * 0.003 ms; the same lookup in another thread takes 0.012 ms.
 */
const SLOW_MS = 0.15;

/** Names in a folder that may take the time of a lookup: a disk tells many at once. */
const NAMES = 32;

/** Tells a disk that answers at once from one that files wait for. */
export class DiskPace {
  /** Time of lookups beyond {@linkcode SLOW_MS} each, in milliseconds; quick ones make up for it. */
  #lateMs = 0;

  /** Whether files are better looked up in other threads, several at a time. */
  get isSlow(): boolean {
    return this.#lateMs > PATIENCE_MS;
  }

  /** Looks a file up, or lists a folder, in this thread, and takes the time. */
  measure<T>(look: () => T): T {
    const started = performance.now();
    let found: T | undefined;
    try {
      return found = look();
    } finally {
      const lookups = Array.isArray(found) ? 1 + found.length / NAMES : 1;
      const lateMs = performance.now() - started - lookups * SLOW_MS;
      this.#lateMs = Math.max(0, this.#lateMs + lateMs);
    }
  }
}
