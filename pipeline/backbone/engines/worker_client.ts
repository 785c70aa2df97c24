/**
 * The side of a worker that the engine talks to.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type { EngineName } from "../engine.ts";
import type { WorkerAnswer, WorkerMessage } from "./worker_messages.ts";

/** A worker that answers messages in order. */
export interface WorkerClient {
  /**
   * Sends a message and waits for its answer.
   *
   * @throws {BackendUnavailableError} If the worker fails.
   */
  ask(
    message: WorkerMessage,
    transfer?: Transferable[],
  ): Promise<Float32Array>;
  /** Ends the worker; whatever it has not answered is rejected. */
  terminate(): void;
}

/**
 * Starts a worker.
 *
 * @param name Name of the engine.
 * @param url What the worker runs.
 * @returns The client; end the worker with `terminate`.
 */
export function startWorker(name: EngineName, url: URL): WorkerClient {
  const worker = new Worker(url, { type: "module" });
  const waiting: PromiseWithResolvers<Float32Array>[] = [];
  let end: BackendUnavailableError | undefined;

  function fail(reason: string): void {
    end ??= new BackendUnavailableError(name, reason);
    worker.terminate();
    for (const { reject } of waiting.splice(0)) reject(end);
  }

  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    const next = waiting.shift();
    // After a failure nobody waits.
    if (next === undefined) return;
    const { resolve, reject } = next;
    if ("rows" in data) resolve(data.rows);
    else reject(new BackendUnavailableError(name, data.error));
  };
  // What a worker does not catch itself, such as a module that does not load.
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`a worker has failed: ${event.message}`);
  };
  worker.onmessageerror = () => fail("a worker has sent what cannot be read");
  return {
    ask(message, transfer = []) {
      if (end) return Promise.reject(end);
      const answer = Promise.withResolvers<Float32Array>();
      waiting.push(answer);
      worker.postMessage(message, transfer);
      return answer.promise;
    },
    terminate() {
      fail("it is closed");
    },
  };
}
