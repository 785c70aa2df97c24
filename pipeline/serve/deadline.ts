/** The time limit of a request, and its end where the client has gone. */

import { ApiError } from "./api_error.ts";

/** The time that a request has. */
export interface Deadline extends Disposable {
  /** Aborted when the time is over, or the client has gone. */
  readonly signal: AbortSignal;
  /**
   * Waits for something, as long as there is time.
   *
   * @param promise What is waited for; an error after the deadline is ignored.
   * @param late Makes the error where it takes too long.
   */
  wait<T>(promise: Promise<T>, late?: () => Error): Promise<T>;
}

/** Says that an answer takes too long. */
function tooSlow(): ApiError {
  return new ApiError("too_slow", "Cannot answer in time: try again later");
}

/**
 * Starts the clock.
 *
 * @param gone Aborted when the client has gone.
 * @returns The deadline; dispose of it when all is done.
 */
export function startDeadline(
  milliseconds: number,
  gone?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const end = (error: ApiError) => {
    controller.abort(error);
    resolve();
  };
  const timer = setTimeout(() => end(tooSlow()), milliseconds);
  const leave = () =>
    end(new ApiError("gone", "Cannot answer as the client has gone"));
  gone?.addEventListener("abort", leave);
  return {
    signal,
    wait: (promise, late) =>
      Promise.race([
        promise,
        over.then(() => {
          throw late && !gone?.aborted ? late() : signal.reason;
        }),
      ]),
    [Symbol.dispose]() {
      clearTimeout(timer);
      gone?.removeEventListener("abort", leave);
    },
  };
}
