/** The interface of workers that embed, and how they are started. */

import type { Backbone } from "../backbone/fold.ts";
import type { View } from "../backbone/normalize.ts";
import { BackendUnavailableError } from "../errors.ts";
import {
  type Service,
  startWorker,
  type WorkerClient,
} from "../workers/calls.ts";
import type { BackendName } from "./backend.ts";
import type { BatchRunner } from "./batches.ts";

/** Images to embed. */
interface EmbedInput {
  /** U8 `[n, S, S, 3]`, RGB; handed over, not copied. */
  images: Uint8Array<ArrayBuffer>;
  /** Their views; only one for `wasm`. */
  views: readonly View[];
}

/** The functions of a worker. */
export interface EmbedService {
  /** Loads and tests the code that embeds, before the worker is given weights. */
  test(): Promise<void>;
  /** Loads a backbone; the weights are the worker's own, which frees them. Returns what it runs on, for people. */
  start(input: { backbone: Backbone; batchSize: number }): Promise<string>;
  /** Embeds a batch: F32 `[views, n, D]`, and rows that pad the batch. */
  embed(input: EmbedInput): Promise<Float32Array<ArrayBuffer>>;
}

/**
 * Starts a worker.
 *
 * @returns Its client; end the worker with `terminate`.
 */
export function startEmbedWorker<
  S extends EmbedService & Service<S> = EmbedService,
>(name: BackendName, module: URL): WorkerClient<S> {
  const failure = (reason: string) => new BackendUnavailableError(name, reason);
  const isNative = name === "cpu";
  return startWorker<S>({ module, failure, isNative });
}

/** Makes a worker run batches. */
export function workerRunner(
  client: Pick<WorkerClient<EmbedService>, "call">,
): BatchRunner {
  return (images, views) =>
    client.call("embed", { images, views }, [images.buffer]);
}
