/**
 * The cpu engine: onnxruntime on all cores, in a worker.
 *
 * @module
 */

import type { Backbone } from "../backbone.ts";
import type { Engine } from "../engine.ts";
import { outputLength } from "../feature_map.ts";
import { type BatchRunner, embedInBatches } from "./batches.ts";
import { startEngineWorker } from "./engine_worker.ts";

/** Tunables of {@linkcode createCpuEngine}. */
export interface CpuOptions {
  /**
   * Embeddings of a batch.
   *
   * @default {8}
   */
  batchSize?: number | undefined;
}

/**
 * Measured with a ResNet-101 at 224 pixels on 2 cores: 8 take as long an image as
 * 4 or 16, and 32 take 0.4 GB more.
 */
const DEFAULT_BATCH_SIZE = 8;

/** What the worker runs. */
const WORKER = new URL("./cpu_worker.ts", import.meta.url);

/**
 * Opens the cpu engine.
 *
 * @param backbone What to run; its weights are handed over, and empty afterwards.
 * @param options The batch size.
 * @returns The engine; end its worker with `close`.
 * @throws {RangeError} If the batch size is not a positive integer.
 * @throws {BackendUnavailableError} If native code is not permitted, there is none for this machine, or the self-test fails.
 * @throws {Error} If the weights do not load; they are empty then.
 */
export async function createCpuEngine(
  backbone: Backbone,
  options: CpuOptions = {},
): Promise<Engine> {
  const { batchSize = DEFAULT_BATCH_SIZE } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot open engine "cpu" as batchSize must be a positive integer: current value is ${batchSize}`,
    );
  }
  const { graph, weights } = backbone;
  const { imageSize } = graph;
  const client = startEngineWorker("cpu", WORKER);
  try {
    // Before the weights are handed over, so that another engine may have them.
    await client.ask({ kind: "test" });
    const message = { kind: "start", backbone, batchSize } as const;
    await client.ask(message, [weights.values.buffer]);
  } catch (error) {
    client.terminate();
    if (weights.values.length > 0) throw error;
    // No reason to take another engine: it would have no weights.
    throw new Error((error as Error).message, { cause: error });
  }
  const run: BatchRunner = (images, views) =>
    client.ask({ kind: "embed", images, views }, [images.buffer]);
  const size = outputLength(graph);
  const shape = { imageSize, embeddingSize: size, batchSize, joinsViews: true };
  return {
    name: "cpu",
    description: `onnxruntime on ${navigator.hardwareConcurrency} cores`,
    embeddingSize: size,
    batchSize,
    // Two, so that the next batch is there when the worker is done with one.
    embed: (images, request) =>
      embedInBatches(images, request, shape, [run, run]),
    close() {
      client.terminate();
      return Promise.resolve();
    },
  };
}
