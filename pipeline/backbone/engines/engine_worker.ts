/**
 * A worker of an engine, as the engine sees it.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import { startWorker } from "../../worker_client.ts";
import type { EngineName } from "../engine.ts";
import type { WorkerAnswer, WorkerMessage } from "./worker_messages.ts";

/** A worker that answers messages in order. */
export interface EngineWorker {
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
 * Starts a worker of an engine.
 *
 * @param name Name of the engine.
 * @param module What the worker runs.
 * @returns The worker; end it with `terminate`.
 */
export function startEngineWorker(name: EngineName, module: URL): EngineWorker {
  const failure = (reason: string) => new BackendUnavailableError(name, reason);
  const client = startWorker<WorkerMessage, WorkerAnswer>({ module, failure });
  return {
    async ask(message, transfer) {
      const answer = await client.ask(message, transfer);
      if ("rows" in answer) return answer.rows;
      throw failure(answer.error);
    },
    terminate: () => client.terminate(),
  };
}
