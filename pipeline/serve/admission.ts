/** The bounded queue: how many photos and bytes a server has taken. */

import { ApiError } from "./api_error.ts";
import type { ServeLimits } from "./limits.ts";

/** The limits that are kept here. */
type QueueLimits = Pick<
  ServeLimits,
  "queuedPhotos" | "queuedBytes" | "requestMs"
>;

/** Share of the time of a request that its photos may wait for those before. */
const WAITING_SHARE = 0.5;

/** Share of the newest measurement in the time of a photo. */
const NEWEST_SHARE = 0.2;

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
  /** Notes that its photos were answered, to learn how long photos take. */
  noteAnswer(): void;
}

/**
 * Counts what waits and what is worked on, and refuses what goes beyond, or what
 * could not be answered in time: a slow machine has a shorter queue.
 */
export class Admission {
  readonly #limits: QueueLimits;
  readonly #now: () => number;
  #photos = 0;
  #bytes = 0;
  /** Time of a photo among many, in milliseconds; 0 until one was answered. */
  #photoMs = 0;

  /**
   * Starts with nothing taken.
   *
   * @param now The clock, in milliseconds.
   */
  constructor(limits: QueueLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
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
   * @throws {ApiError} If the queue is full.
   */
  enter(): Ticket {
    this.#require(1, 0);
    let [photos, bytes] = [0, 0];
    let [ahead, started] = [0, 0];
    return {
      takePhotos: (count) => {
        const { queuedPhotos } = this.#limits;
        if (count > queuedPhotos) {
          throw new ApiError(
            "too_many_photos",
            `Cannot take ${count} photos at a time as the queue holds ${queuedPhotos}: send fewer`,
          );
        }
        this.#require(count, 0);
        photos += count;
        this.#photos += count;
        [ahead, started] = [this.#photos, this.#now()];
      },
      takeBytes: (count) => {
        this.#require(0, count);
        bytes += count;
        this.#bytes += count;
      },
      noteAnswer: () => {
        const photoMs = (this.#now() - started) / ahead;
        this.#photoMs += (photoMs - this.#photoMs) *
          (this.#photoMs === 0 ? 1 : NEWEST_SHARE);
      },
      [Symbol.dispose]: () => {
        this.#photos -= photos;
        this.#bytes -= bytes;
        [photos, bytes] = [0, 0];
      },
    };
  }

  /** Photos that are answered in some time: one at least, so that its time is learnt anew. */
  photosIn(milliseconds: number): number {
    return Math.max(1, Math.floor(milliseconds / this.#photoMs));
  }

  /** Most photos. */
  get #most(): number {
    const { queuedPhotos, requestMs } = this.#limits;
    return Math.min(queuedPhotos, this.photosIn(WAITING_SHARE * requestMs));
  }

  /** Throws if there is no room; a request comes in whole if nothing waits. */
  #require(photos: number, bytes: number): void {
    const { queuedPhotos, queuedBytes } = this.#limits;
    const most = this.#photos === 0 ? queuedPhotos : this.#most;
    if (this.#photos + photos > most || this.#bytes + bytes > queuedBytes) {
      throw new ApiError(
        "busy",
        `Cannot take more photos as ${this.#photos} wait already: try again later`,
      );
    }
  }
}
