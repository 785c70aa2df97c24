/**
 * Calls between threads: a client sends them to its worker, and gets answers in the
 * same order.
 */

import { BackendUnavailableError, ImageError } from "../errors.ts";
import { askForWorker, type Hosted } from "./hosted.ts";
import { workerPermissions } from "./permissions.ts";

/** The functions of a worker by name, each of one argument; buffers that a function adds to `transfer` are handed over with its answer. */
export type Service<S> = {
  [Name in keyof S]: (input: never, transfer: Transferable[]) => unknown;
};

/** A call, as it is sent to a worker. */
interface WorkerCall {
  call: string;
  input: unknown;
}

/** An error, as a worker sends it: its class does not survive the way between threads. */
interface SentError {
  name: string;
  message: string;
  /** The end of a sentence, of an error that has one. */
  reason?: string;
}

/** The answer to a call. */
type WorkerAnswer = { value: unknown } | { error: SentError };

/** A worker that answers calls in order. */
export interface WorkerClient<S extends Service<S>> {
  /** Calls it has not answered yet. */
  readonly waiting: number;
  /**
   * Calls a function in the worker.
   *
   * @param transfer Buffers that are handed over instead of copied.
   * @throws {ImageError} If the function throws one.
   * @throws What {@linkcode WorkerOptions.failure} makes, if the function throws anything else, or the worker has failed or is closed.
   */
  call<Name extends keyof S & string>(
    name: Name,
    input: Parameters<S[Name]>[0],
    transfer?: Transferable[],
  ): Promise<Awaited<ReturnType<S[Name]>>>;
  /** Ends the worker; calls that wait for an answer are rejected. */
  terminate(): void;
}

/** How a worker is started. */
interface WorkerOptions {
  module: URL;
  /** Makes the error of a worker that has failed, from the end of a sentence. */
  failure: (reason: string) => Error;
  /** Whether it loads native code. @default {false} */
  isNative?: boolean;
}

/** Starts a worker from this thread, or has it started. */
function start({ module, isNative = false }: WorkerOptions): Hosted {
  const hosted = askForWorker(module, isNative);
  if (hosted) return hosted;
  const permissions = workerPermissions(isNative);
  return new Worker(module, {
    type: "module",
    ...permissions && { deno: { permissions } },
  });
}

/**
 * Starts a worker.
 *
 * @returns The client; end the worker with `terminate`.
 */
export function startWorker<S extends Service<S>>(
  options: WorkerOptions,
): WorkerClient<S> {
  const { failure } = options;
  const worker = start(options);
  const waiting: PromiseWithResolvers<unknown>[] = [];
  let end: Error | undefined;

  function fail(reason: string): void {
    end ??= failure(reason);
    worker.terminate();
    for (const { reject } of waiting.splice(0)) reject(end);
  }

  function toError({ name, message, reason }: SentError): Error {
    if (name === "ImageError") return new ImageError(message);
    return failure(reason ?? `a worker has failed: ${message}`);
  }

  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    // After a failure nothing waits.
    const call = waiting.shift();
    if ("value" in data) call?.resolve(data.value);
    else call?.reject(toError(data.error));
  };
  // What the worker does not catch itself, such as a module that does not load.
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`a worker has failed: ${event.message}`);
  };
  worker.onmessageerror = () => fail("a worker has sent what cannot be read");
  return {
    get waiting() {
      return waiting.length;
    },
    call(call, input, transfer = []) {
      if (end) return Promise.reject(end);
      const answer = Promise.withResolvers<unknown>();
      waiting.push(answer);
      const message: WorkerCall = { call, input };
      worker.postMessage(message, transfer);
      return answer.promise as ReturnType<WorkerClient<S>["call"]>;
    },
    terminate() {
      fail("the worker is closed");
    },
  };
}

/** The part of a worker's global scope, and of a port, that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerCall>) => void) | null;
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
  let client = globalThis as unknown as WorkerScope;
  const functions = service as unknown as Record<
    string,
    (input: unknown, transfer: Transferable[]) => unknown
  >;

  async function answer({ call, input }: WorkerCall): Promise<void> {
    try {
      const transfer: Transferable[] = [];
      const value = await functions[call]!(input, transfer);
      if (ArrayBuffer.isView(value)) transfer.push(value.buffer as ArrayBuffer);
      client.postMessage({ value }, transfer);
    } catch (error) {
      client.postMessage({ error: toSent(error) }, []);
    }
  }

  let last = Promise.resolve();
  const take: WorkerScope["onmessage"] = ({ data, ports: [port] }) => {
    if (port === undefined) {
      last = last.then(() => answer(data));
      return;
    }
    // Another thread has asked for this worker.
    client = port;
    client.onmessage = take;
  };
  client.onmessage = take;
}
