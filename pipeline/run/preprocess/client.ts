/**
 * A worker that preprocesses photos, as the pool sees it.
 *
 * @module
 */

import { ImageError } from "../../errors.ts";
import { startWorker } from "../../worker_client.ts";
import type { PhotoAnswer, PhotoMessage } from "./messages.ts";

/** A worker that answers photos in order. */
export interface PhotoClient {
  /** Photos it has not answered yet. */
  readonly waiting: number;
  /**
   * Sends a photo and waits for its square image.
   *
   * @throws {ImageError} If the photo cannot be used.
   */
  ask(message: PhotoMessage): Promise<Uint8Array>;
  /** Ends the worker; whatever it has not answered is rejected. */
  terminate(): void;
}

/** Says that a worker has failed. */
function failure(reason: string): Error {
  return new Error(`Cannot preprocess photos as ${reason}`);
}

/**
 * Starts a worker.
 *
 * @param module What it runs.
 * @returns Its client.
 */
export function startClient(module: URL): PhotoClient {
  const client = startWorker<PhotoMessage, PhotoAnswer>({ module, failure });
  return {
    get waiting() {
      return client.waiting;
    },
    async ask(message) {
      const answer = await client.ask(message, [message.bytes.buffer]);
      if ("pixels" in answer) return answer.pixels;
      if ("reason" in answer) throw new ImageError(answer.reason);
      throw failure(`a worker has failed: ${answer.error}`);
    },
    terminate: () => client.terminate(),
  };
}
