/**
 * The server in a worker: it answers the calls of its client.
 *
 * @module
 */

import { BackendUnavailableError } from "../errors.ts";
import type { SentError, Service, WorkerAnswer, WorkerCall } from "./client.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WorkerCall>) => void;
  postMessage(answer: WorkerAnswer, transfer: Transferable[]): void;
}

/** Describes an error. */
function toSent(error: unknown): SentError {
  const { name, message } = error as Error;
  return error instanceof BackendUnavailableError
    ? { name, message, reason: error.reason }
    : { name, message };
}

/**
 * Answers the calls of a worker's client, one after the other.
 *
 * A typed array that a function returns is handed over, not copied.
 */
export function serveWorker<S extends Service<S>>(service: S): void {
  const scope = globalThis as unknown as WorkerScope;
  const functions = service as unknown as Record<
    string,
    (input: unknown) => unknown
  >;

  async function answer({ call, input }: WorkerCall): Promise<void> {
    try {
      const value = await functions[call]!(input);
      const transfer = ArrayBuffer.isView(value) ? [value.buffer] : [];
      scope.postMessage({ value }, transfer as ArrayBuffer[]);
    } catch (error) {
      scope.postMessage({ error: toSent(error) }, []);
    }
  }

  let last = Promise.resolve();
  scope.onmessage = ({ data }) => {
    last = last.then(() => answer(data));
  };
}
