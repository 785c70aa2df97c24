/** How long a disk takes to look files up (an edge: it reads the clock). */

/** Files that are looked up at a time on a slow disk: most of the time of one is waiting. */
export const LOOKUPS = 64;

/**
 * Time of {@linkcode LOOKUPS} from which on a disk is slow, in milliseconds. A disk of
 * this machine takes 3 microseconds for a file, and another thread 12.
 */
const QUICK_MS = 10;

/** Tells a disk that answers at once from one that files wait for. */
export class DiskPace {
  #count = 0;
  #ms = 0;

  /** Whether files are better looked up in other threads, several at a time. */
  get isSlow(): boolean {
    return this.#ms > QUICK_MS * Math.max(1, this.#count / LOOKUPS);
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
