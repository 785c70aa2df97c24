/**
 * When to try again, and when to stop waiting (an edge: clock and chance).
 *
 * @module
 */

import { TransientError } from "./download_error.ts";

/** Longest pause between two attempts, unless the server asks for more: people rarely wait longer. */
const MAX_BACKOFF_MS = 30_000;

/** Longest pause that a server may ask for. */
const MAX_RETRY_AFTER_MS = 60_000;

/** How long no byte may come, in milliseconds. */
const STALL_MS = 30_000;

/**
 * Returns the pause before an attempt: a second, doubled each time, of which up to
 * half is left to chance, so that many who failed together do not return together.
 *
 * @param attempt Failures in a row so far, from 1.
 * @returns The pause in milliseconds.
 */
export function backoffMs(attempt: number): number {
  const longest = Math.min(MAX_BACKOFF_MS, 1000 * 2 ** (attempt - 1));
  return longest * (1 - Math.random() / 2);
}

/**
 * Reads a `Retry-After` header.
 *
 * Source: RFC 9110, section 10.2.3: seconds, or a date.
 *
 * @param header Its value, or `null` if there is none.
 * @returns The pause in milliseconds, capped; 0 for what is no header.
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  const text = header?.trim() ?? "";
  const wantedMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - nowMs;
  return wantedMs > 0 ? Math.min(wantedMs, MAX_RETRY_AFTER_MS) : 0;
}

/**
 * Waits.
 *
 * @returns A promise that rejects with the reason of the signal.
 */
export function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(resolve, durationMs);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  });
}

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
