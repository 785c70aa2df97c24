/**
 * Workers that the main thread starts for a thread of its own.
 *
 * A worker that a worker starts sleeps for half a second first (Deno 2.9.2 to 2.9.6;
 * 2.9.0 does not). So a thread that runs a task asks the main thread, and talks to
 * the new worker by a port.
 */

import { narrowWorkers, workerPermissions } from "./permissions.ts";

/** What a thread asks for, as it sends it. */
export interface HostedRequest {
  /** URL of its module, one of {@linkcode MODULES}. */
  module: string;
  /** Whether it loads native code. */
  isNative: boolean;
  /** Where the worker hears calls and answers them. */
  calls: MessagePort;
  /** Hears that the worker is to end; says why it has failed. */
  control: MessagePort;
}

/** The part of a worker that its client uses. */
export interface Hosted {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
}

/**
 * The modules that a thread may ask for. Any URL below this package would be too much:
 * `..%2F` leads out of it, and what a worker imports is not held to its permissions.
 */
const MODULES: ReadonlySet<string> = new Set(
  [
    "backends/cpu/worker.ts",
    "backends/wasm/worker.ts",
    "export/keras_worker.ts",
    "run/preprocess/worker.ts",
    "weights/formats/hdf5_worker.ts",
  ].map((path) => new URL(`../${path}`, import.meta.url).href),
);

let isHosted = false;

/** Makes this thread ask the one that has started it, which has a {@linkcode WorkerHost}, for its workers. */
export function hostElsewhere(): void {
  isHosted = true;
}

/** Asks for a worker; `undefined` where this thread starts its workers itself. */
export function askForWorker(
  module: URL,
  isNative: boolean,
): Hosted | undefined {
  if (!isHosted) return undefined;
  const [calls, control] = [new MessageChannel(), new MessageChannel()];
  const request: HostedRequest = {
    module: module.href,
    isNative,
    calls: calls.port2,
    control: control.port2,
  };
  (globalThis as unknown as Worker)
    .postMessage(request, [request.calls, request.control]);
  const worker: Hosted = {
    onmessage: null,
    onmessageerror: null,
    onerror: null,
    postMessage: (message, transfer) =>
      calls.port1.postMessage(message, transfer),
    terminate() {
      // A port that is closed still delivers what has arrived.
      calls.port1.onmessage = null;
      calls.port1.close();
      control.port1.postMessage(null);
      control.port1.close();
    },
  };
  calls.port1.onmessage = (event) => worker.onmessage?.(event);
  calls.port1.onmessageerror = (event) => worker.onmessageerror?.(event);
  control.port1.onmessage = ({ data: message }) =>
    worker.onerror?.(new ErrorEvent("error", { message }));
  return worker;
}

/** Starts the workers of another thread, which has called {@linkcode hostElsewhere}, and ends them. */
export class WorkerHost {
  readonly #mayBeNative: boolean;
  readonly #ends = new Set<() => void>();

  /**
   * Prepares to start workers, with the permissions that {@linkcode narrowWorkers} leaves
   * them.
   *
   * @param mayBeNative Whether the thread may load native code.
   */
  constructor(mayBeNative: boolean) {
    this.#mayBeNative = mayBeNative;
    narrowWorkers();
  }

  /** Starts a worker; a thread that may not have it is told so, like of one that fails. */
  start({ module, isNative, calls, control }: HostedRequest): void {
    if (!MODULES.has(module) || isNative && !this.#mayBeNative) {
      control.postMessage("it is not one that this thread may have");
      control.close();
      calls.close();
      return;
    }
    const permissions = workerPermissions(isNative);
    const worker = new Worker(module, {
      type: "module",
      ...permissions && { deno: { permissions } },
    });
    const end = () => {
      this.#ends.delete(end);
      worker.terminate();
      control.close();
    };
    this.#ends.add(end);
    control.onmessage = end;
    worker.onerror = (event) => {
      event.preventDefault();
      control.postMessage(event.message);
    };
    worker.postMessage(null, [calls]);
  }

  /** Ends all workers. */
  [Symbol.dispose](): void {
    for (const end of this.#ends) end();
  }
}
