/** When to stop waiting for bytes (an edge: a clock). */

import { TransientError } from "./download_error.ts";

/** How long no byte may come, in milliseconds. */
const STALL_MS = 30_000;

/** Gives a signal when no byte has come for {@linkcode STALL_MS}. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Aborted once the time is over, with a reason to try again. */
  readonly signal: AbortSignal = this.#controller.signal;

  /** Starts to watch. */
  constructor() {
    this.feed();
  }

  /** Says that bytes have come. */
  feed(): void {
    clearTimeout(this.#timer);
    const reason = `no bytes came for ${STALL_MS / 1000} s`;
    const bark = () => this.#controller.abort(new TransientError(reason));
    this.#timer = setTimeout(bark, STALL_MS);
  }

  /** Stops to watch, until it is fed. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** Stops to watch. */
  [Symbol.dispose](): void {
    this.rest();
  }
}
