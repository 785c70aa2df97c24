/**
 * The workers that decode the photos of a run, for one stage after the other: to start
 * one and load its decoder takes as long as decoding a hundred small photos.
 */

import type { Geometry } from "../../image/preprocessing.ts";
import type { Preprocessor } from "../../image/preprocessor.ts";

/** Opens the pool of a run for its stages; the last user ends the workers. */
export class SharedPool {
  readonly #geometry: Geometry;
  readonly #native: boolean;
  #pool: Preprocessor | undefined;
  #users = 0;

  /**
   * Starts nothing yet.
   *
   * @param native Whether libjpeg-turbo of the system may decode, where there is one.
   */
  constructor(geometry: Geometry, native: boolean) {
    this.#geometry = geometry;
    this.#native = native;
  }

  /** Opens the pool, or gives what another user has; dispose of it after use. */
  async open(): Promise<Preprocessor> {
    const { openPool } = await import("./pool.ts");
    this.#pool ??= openPool(this.#geometry, { native: this.#native });
    return { ...this.#pool, ...this.keep() };
  }

  /** Keeps the workers that others start, until it is disposed of. */
  keep(): Disposable {
    this.#users++;
    return {
      [Symbol.dispose]: () => {
        if (--this.#users > 0) return;
        this.#pool?.[Symbol.dispose]();
        this.#pool = undefined;
      },
    };
  }
}
