/**
 * The side of a preprocessing worker that the pool talks to.
 *
 * @module
 */

import { ImageError } from "../../errors.ts";
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

/**
 * Starts a worker.
 *
 * @param url The module it runs.
 * @returns Its client.
 */
export function startClient(url: URL): PhotoClient {
  const worker = new Worker(url, { type: "module" });
  const waiting: PromiseWithResolvers<Uint8Array>[] = [];
  let end: Error | undefined;

  function fail(reason: string): void {
    end ??= new Error(`Cannot preprocess photos as ${reason}`);
    worker.terminate();
    for (const { reject } of waiting.splice(0)) reject(end);
  }

  worker.onmessage = ({ data }: MessageEvent<PhotoAnswer>) => {
    const next = waiting.shift();
    // After a failure nobody waits.
    if (next === undefined) return;
    const { resolve, reject } = next;
    if ("pixels" in data) resolve(data.pixels);
    else if ("reason" in data) reject(new ImageError(data.reason));
    else {
      const reason = `a worker has failed: ${data.error}`;
      reject(new Error(`Cannot preprocess photos as ${reason}`));
    }
  };
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
    ask(message) {
      if (end) return Promise.reject(end);
      const answer = Promise.withResolvers<Uint8Array>();
      waiting.push(answer);
      worker.postMessage(message, [message.bytes.buffer]);
      return answer.promise;
    },
    terminate() {
      fail("the workers are closed");
    },
  };
}
