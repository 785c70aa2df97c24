/**
 * The time limit of a request.
 *
 * @module
 */

/** The time that a request has. */
export interface Deadline extends Disposable {
  /**
   * Waits for something, as long as there is time.
   *
   * @param promise What is waited for; what it throws later is not heard.
   * @param late Makes the error where it takes too long.
   */
  wait<T>(promise: Promise<T>, late: () => Error): Promise<T>;
}

/**
 * Starts the clock.
 *
 * @param milliseconds How long.
 * @returns The deadline; dispose of it when all is done.
 */
export function startDeadline(milliseconds: number): Deadline {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  return {
    wait(promise, late) {
      return Promise.race([
        promise,
        over.then(() => {
          throw late();
        }),
      ]);
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
    },
  };
}
