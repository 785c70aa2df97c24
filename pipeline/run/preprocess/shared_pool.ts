/**
 * The workers that decode the photos of a run, for one stage after the other: to start
 * one and load its decoder takes as long as decoding a hundred small photos.
 */

import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";

/** Opens the pool of a run for its stages; whoever makes it closes it. */
export class SharedPool implements Disposable {
  readonly #native: boolean;
  #opened: { geometry: Geometry; pool: Preprocessor } | undefined;

  /**
   * Starts nothing yet.
   *
   * @param native Whether libjpeg-turbo of the system may decode, where there is one.
   */
  constructor(native: boolean) {
    this.#native = native;
  }

  /** Opens the pool, or gives what an earlier stage had; a stage that disposes of it leaves it open. */
  async open(geometry: Geometry): Promise<Preprocessor> {
    const { openPool } = await import("./pool.ts");
    if (this.#opened?.geometry !== geometry) this[Symbol.dispose]();
    this.#opened ??= {
      geometry,
      pool: openPool(geometry, { native: this.#native }),
    };
    return { ...this.#opened.pool, [Symbol.dispose]() {} };
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#opened?.pool[Symbol.dispose]();
    this.#opened = undefined;
  }
}
