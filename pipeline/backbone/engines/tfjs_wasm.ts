/**
 * The wasm engine: tfjs on the CPU, one worker a core.
 *
 * The wasm backend has one thread, so cores are used by workers, each with a
 * backend of its own. Each gets a copy of the weights, one after the other, and
 * frees it when they are tensors: shared memory is never given back (Deno 2.9).
 *
 * @module
 */

import type { Backbone } from "../backbone.ts";
import type { Engine } from "../engine.ts";
import { outputLength } from "../feature_map.ts";
import type { Graph } from "../layers.ts";
import { type BatchRunner, embedInBatches, largestBatch } from "./batches.ts";
import { type EngineWorker, startEngineWorker } from "./engine_worker.ts";

/** Tunables of {@linkcode createWasmEngine}. */
export interface WasmOptions {
  /**
   * Number of workers.
   *
   * @default the number of cores, at most 8
   */
  workers?: number | undefined;
  /**
   * Images of a batch.
   *
   * @default {4} for small networks, fewer where activations are large
   */
  batchSize?: number | undefined;
}

/**
 * Each worker holds the weights twice in its heap, once as tensors and once
 * repacked: a ResNet-101 takes 0.5 GB a worker.
 */
const MAX_WORKERS = 8;

/**
 * Bytes of an activation that stay in the cache of a core. Measured: at 96 pixels
 * and width 8 a batch of 4 is a third faster than single images, and more does
 * not help; at 224 pixels and width 64 single images are the fastest.
 */
const CACHE_BYTES = 4 * 2 ** 20;

/** Most images of a batch where none is asked for. */
const MAX_DEFAULT_BATCH_SIZE = 4;

/** Chooses a batch whose activations stay in the cache. */
function chooseBatchSize(graph: Graph): number {
  const fitting = Math.max(1, largestBatch(graph, CACHE_BYTES));
  return Math.min(fitting, MAX_DEFAULT_BATCH_SIZE);
}

/** Throws unless an option is a positive integer. */
function requirePositive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot open engine "wasm" as ${name} must be a positive integer: current value is ${value}`,
    );
  }
}

/** What a worker runs. */
const WORKER = new URL("./wasm_worker.ts", import.meta.url);

/** Starts the workers; ends all of them if one does not start. */
async function startWorkers(
  backbone: Backbone,
  options: { workers: number; batchSize: number },
): Promise<EngineWorker[]> {
  const { workers, batchSize } = options;
  const clients = Array.from(
    { length: workers },
    () => startEngineWorker("wasm", WORKER),
  );
  try {
    for (const client of clients) {
      const { values: all } = backbone.weights;
      const values = client === clients.at(-1) ? all : all.slice();
      const weights = { ...backbone.weights, values };
      const own = { ...backbone, weights };
      const message = { kind: "start", backbone: own, batchSize } as const;
      await client.ask(message, [values.buffer]);
    }
    return clients;
  } catch (error) {
    for (const client of clients) client.terminate();
    throw error;
  }
}

/**
 * Opens the wasm engine.
 *
 * @param backbone What to run; its weights are handed over, and empty afterwards.
 * @param options The number of workers and the batch size.
 * @returns The engine; end its workers with `close`.
 * @throws {RangeError} If an option is not a positive integer.
 * @throws {BackendUnavailableError} If a worker does not start or fails its self-test.
 */
export async function createWasmEngine(
  backbone: Backbone,
  options: WasmOptions = {},
): Promise<Engine> {
  const cores = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const { workers = cores, batchSize = chooseBatchSize(backbone.graph) } =
    options;
  requirePositive("workers", workers);
  requirePositive("batchSize", batchSize);
  const { graph } = backbone;
  const { imageSize } = graph;
  const size = outputLength(graph);
  const clients = await startWorkers(backbone, { workers, batchSize });
  const runners = clients.map((client): BatchRunner => (images, views) =>
    client.ask({ kind: "embed", images, views }, [images.buffer])
  );
  const shape = {
    imageSize,
    embeddingSize: size,
    batchSize,
    joinsViews: false,
  };
  return {
    name: "wasm",
    description: workers === 1 ? "1 worker" : `${workers} workers`,
    embeddingSize: size,
    batchSize: batchSize * workers,
    embed: (images, request) => embedInBatches(images, request, shape, runners),
    close() {
      for (const client of clients) client.terminate();
      return Promise.resolve();
    },
  };
}
