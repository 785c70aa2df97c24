/**
 * The bounded queue: how many photos and bytes a server has taken.
 *
 * @module
 */

import { ApiError } from "./api_error.ts";
import type { ServeLimits } from "./limits.ts";

/** What a request has taken; given back when it is disposed of. */
export interface Ticket extends Disposable {
  /**
   * Takes room for photos.
   *
   * @throws {ApiError} If there is none.
   */
  takePhotos(count: number): void;
  /**
   * Takes room for bytes.
   *
   * @throws {ApiError} If there is none.
   */
  takeBytes(count: number): void;
}

/** Counts what waits and what is worked on, and refuses what goes beyond. */
export class Admission {
  readonly #limits: Pick<ServeLimits, "queuedPhotos" | "queuedBytes">;
  #photos = 0;
  #bytes = 0;

  /** Starts with nothing taken. */
  constructor(limits: Pick<ServeLimits, "queuedPhotos" | "queuedBytes">) {
    this.#limits = limits;
  }

  /** Photos that wait or are worked on. */
  get photos(): number {
    return this.#photos;
  }

  /** Bytes of bodies that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Lets a request in, while there is room for a photo at all.
   *
   * @returns What it takes.
   * @throws {ApiError} If the queue is full.
   */
  enter(): Ticket {
    this.#require(1, 0);
    let [photos, bytes] = [0, 0];
    return {
      takePhotos: (count) => {
        this.#require(count, 0);
        photos += count;
        this.#photos += count;
      },
      takeBytes: (count) => {
        this.#require(0, count);
        bytes += count;
        this.#bytes += count;
      },
      [Symbol.dispose]: () => {
        this.#photos -= photos;
        this.#bytes -= bytes;
        [photos, bytes] = [0, 0];
      },
    };
  }

  /** Throws if there is no room. */
  #require(photos: number, bytes: number): void {
    const { queuedPhotos, queuedBytes } = this.#limits;
    if (
      this.#photos + photos > queuedPhotos || this.#bytes + bytes > queuedBytes
    ) {
      throw new ApiError(
        "busy",
        `Cannot take more photos as ${this.#photos} wait already: try again later`,
      );
    }
  }
}
