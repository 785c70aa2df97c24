/**
 * Work of the HDF5 library that is stopped when it takes too long.
 *
 * It is stopped from inside of the worker, by V8: `Worker.terminate()` stops no
 * loop (Deno 2.9, https://github.com/denoland/deno/pull/35657), so that a file
 * that leads in circles would keep a core busy and the program from ending.
 */

import { createContext, Script } from "node:vm";
import { Hdf5Refusal } from "./hdf5_limits.ts";

/** What Node.js calls the end of a deadline. */
const TIMEOUT = "ERR_SCRIPT_EXECUTION_TIMEOUT";

/**
 * Time between a deadline and the stop, in milliseconds. A stop that comes when
 * the work has just been done stops what is next, and Deno with it ("either js is
 * polling or the worker is terminated"): work that is late waits for it, and work
 * that is not has this long to leave.
 */
const GUARD_MS = 500;

/** Deadlines of work that is done in pieces: of each, and of all. */
export class Hdf5Deadline {
  readonly #what: string;
  readonly #totalMs: number;
  readonly #end: number;
  readonly #script = new Script("work()");
  readonly #scope: { work?: () => unknown } = {};
  readonly #context = createContext(this.#scope);

  /**
   * Starts the clock.
   *
   * @param totalMs How long all pieces may take, in milliseconds.
   */
  constructor(what: string, totalMs: number) {
    this.#what = what;
    this.#totalMs = totalMs;
    this.#end = performance.now() + totalMs;
  }

  /**
   * Does a piece of the work. If it is stopped, what it was about is in no state to go on.
   *
   * @param pieceMs How long it may take, in milliseconds.
   * @throws {Hdf5Refusal} If it takes longer, or all pieces do.
   */
  run<T>(pieceMs: number, work: () => T): T {
    const start = performance.now();
    const leftMs = this.#end - start;
    const limitMs = Math.min(pieceMs, leftMs);
    this.#scope.work = () => {
      try {
        return work();
      } finally {
        while (performance.now() - start > limitMs);
      }
    };
    try {
      return this.#script.runInContext(this.#context, {
        timeout: Math.max(0, Math.ceil(limitMs)) + GUARD_MS,
        displayErrors: false,
      });
    } catch (error) {
      if ((error as { code?: string }).code !== TIMEOUT) throw error;
      const [what, timeMs] = limitMs === pieceMs
        ? [`each piece of ${this.#what}`, pieceMs]
        : [this.#what, this.#totalMs];
      throw new Hdf5Refusal(
        `${what} must be read in ${timeMs} ms: it takes longer, so it leads in circles, or this machine is too busy; try again, or get the file again`,
      );
    }
  }
}
