/**
 * The side of a worker that asks: messages out, answers back in the same order.
 *
 * @module
 */

/** A worker that answers messages in order. */
export interface WorkerClient<Message, Answer> {
  /** Messages it has not answered yet. */
  readonly waiting: number;
  /**
   * Sends a message and waits for its answer.
   *
   * @throws What {@linkcode WorkerOptions.failure} makes, if the worker has failed or is closed.
   */
  ask(message: Message, transfer?: Transferable[]): Promise<Answer>;
  /** Ends the worker; whatever it has not answered is rejected. */
  terminate(): void;
}

/** How a worker is started. */
export interface WorkerOptions {
  /** The module it runs. */
  module: URL;
  /** Makes the error of a worker that has failed, from the end of a sentence. */
  failure: (reason: string) => Error;
}

/**
 * Starts a worker.
 *
 * @param options What it runs, and how its failure is told.
 * @returns The client; end the worker with `terminate`.
 */
export function startWorker<Message, Answer>(
  options: WorkerOptions,
): WorkerClient<Message, Answer> {
  const { module, failure } = options;
  const worker = new Worker(module, { type: "module" });
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let end: Error | undefined;

  function fail(reason: string): void {
    end ??= failure(reason);
    worker.terminate();
    for (const { reject } of waiting.splice(0)) reject(end);
  }

  // After a failure nobody waits.
  worker.onmessage = ({ data }: MessageEvent<Answer>) =>
    waiting.shift()?.resolve(data);
  // What a worker does not catch itself, such as a module that does not load.
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`a worker has failed: ${event.message}`);
  };
  worker.onmessageerror = () => fail("a worker has sent what cannot be read");
  return {
    get waiting() {
      return waiting.length;
    },
    ask(message, transfer = []) {
      if (end) return Promise.reject(end);
      const answer = Promise.withResolvers<Answer>();
      waiting.push(answer);
      worker.postMessage(message, transfer);
      return answer.promise;
    },
    terminate() {
      fail("the worker is closed");
    },
  };
}
