/**
 * The backbone on `wasm`: tfjs on the CPU, one worker a core.
 *
 * The wasm backend has one thread, so cores are used by workers, each with its
 * own backend. Each gets a copy of the weights, one after the other, and
 * frees it when they are tensors: shared memory is never given back (Deno 2.9).
 */

import type { Backbone } from "../../backbone/fold.ts";
import { type Graph, outputLength } from "../../backbone/layers.ts";
import {
  type ComingBackbone,
  type Embedder,
  type EmbedderOptions,
  readComing,
} from "../backend.ts";
import { embedInBatches, largestBatch, requirePositive } from "../batches.ts";
import {
  type EmbedService,
  startEmbedWorker,
  workerRunner,
} from "../embed_worker.ts";
import type { WorkerClient } from "../../workers/calls.ts";

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

/** Most images of a batch if no batch size is given. */
const MAX_DEFAULT_BATCH_SIZE = 4;

/** Chooses a batch whose activations stay in the cache. */
function chooseBatchSize(graph: Graph): number {
  const fitting = Math.max(1, largestBatch(graph, CACHE_BYTES));
  return Math.min(fitting, MAX_DEFAULT_BATCH_SIZE);
}

/** Module of a worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** Starts the workers; ends all of them if one does not start. */
async function startWorkers(
  backbone: Backbone,
  options: { workers: number; batchSize: number },
): Promise<WorkerClient<EmbedService>[]> {
  const { workers, batchSize } = options;
  const clients = Array.from(
    { length: workers },
    () => startEmbedWorker("wasm", WORKER),
  );
  try {
    for (const client of clients) {
      const { values: all } = backbone.weights;
      const values = client === clients.at(-1) ? all : all.slice();
      const weights = { ...backbone.weights, values };
      const own = { ...backbone, weights };
      const input = { backbone: own, batchSize };
      await client.call("start", input, [values.buffer]);
    }
    return clients;
  } catch (error) {
    for (const client of clients) client.terminate();
    throw error;
  }
}

/** Opens a backbone; see `Backend.openEmbedder`. */
export async function openEmbedder(
  coming: ComingBackbone,
  options: EmbedderOptions = {},
): Promise<Embedder> {
  const backbone = await readComing(coming);
  const { graph } = backbone;
  const cores = Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
  const { workers = cores, batchSize = chooseBatchSize(graph) } = options;
  requirePositive("wasm", { workers, batchSize });
  const { imageSize } = graph;
  const size = outputLength(graph);
  const clients = await startWorkers(backbone, { workers, batchSize });
  const runners = clients.map(workerRunner);
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
