/**
 * Workers that the main thread starts for a thread of its own.
 *
 * A worker that a worker starts sleeps for half a second first (Deno 2.9.2 to 2.9.6;
 * 2.9.0 does not). So a thread that runs a task asks the main thread, and talks to
 * the new worker by a port.
 */

import { workerPermissions } from "./permissions.ts";

/** What a thread asks for, as it sends it. */
export interface HostedRequest {
  /** URL of its module. */
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

/** Workers may run this code, and no other. */
const CODE = new URL("../", import.meta.url).href;

let isHosted = false;

/** Makes this thread ask the one that has started it for its workers: that has a {@linkcode WorkerHost}. */
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
      // Closing hands over what has arrived.
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
   * Prepares to start workers, with the permissions that a worker of this thread gets.
   *
   * @param mayBeNative Whether the thread may load native code.
   */
  constructor(mayBeNative: boolean) {
    this.#mayBeNative = mayBeNative;
  }

  /**
   * Starts a worker.
   *
   * @throws {TypeError} If its module is not of this package, or it would load native code and the thread may not.
   */
  start({ module, isNative, calls, control }: HostedRequest): void {
    const isOurs = new URL(module).href.startsWith(CODE);
    if (!isOurs || isNative && !this.#mayBeNative) {
      throw new TypeError(`Cannot start "${module}" for another thread`);
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
