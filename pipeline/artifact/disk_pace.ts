/** How long a disk takes to look files up (an edge: it reads the clock). */

/** Time that this thread waits before it judges a disk, in milliseconds: a machine that is busy may stop it as long. */
const PATIENCE_MS = 30;

/**
 * Mean time of a lookup from which on a disk is slow, in milliseconds. A disk of this
 * machine takes 0.003 for a file, and another thread 0.012.
 */
const SLOW_MS = 0.15;

/** Tells a disk that answers at once from one that files wait for. */
export class DiskPace {
  #count = 0;
  #ms = 0;

  /** Whether files are better looked up in other threads, several at a time. */
  get isSlow(): boolean {
    return this.#ms > Math.max(PATIENCE_MS, this.#count * SLOW_MS);
  }

  /** Looks a file up in this thread, and takes the time. */
  measure<T>(look: () => T): T {
    const started = performance.now();
    try {
      return look();
    } finally {
      this.#count++;
      this.#ms += performance.now() - started;
    }
  }
}
