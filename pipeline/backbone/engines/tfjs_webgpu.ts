/**
 * The WebGPU engine: tfjs on the GPU, in this thread.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type { Backbone } from "../backbone.ts";
import type { Engine } from "../engine.ts";
import type { Graph } from "../layers.ts";
import { makeNormalizer } from "../normalize.ts";
import { embeddingSize } from "../spec.ts";
import { type BatchRunner, embedInBatches, largestBatch } from "./batches.ts";
import { buildNetwork, type Network } from "./forward.ts";
import { testTfjs } from "./tfjs_self_test.ts";
import { startTfjs, type TfjsBackend } from "./tfjs_backend.ts";

/** Tunables of {@linkcode createWebgpuEngine}. */
export interface WebgpuOptions {
  /**
   * Images of a batch; fewer where the device has no buffer for so many.
   *
   * @default {16}, or 4 on a software adapter
   */
  batchSize?: number | undefined;
}

/** Images that keep a GPU busy; more do not make it faster, and take memory. */
const DEFAULT_BATCH_SIZE = 16;

/**
 * The same for a software adapter: it computes an image after the other, so that
 * what is padded costs as much as what is not. Measured on llvmpipe: a
 * ResNet-101 at 224 pixels takes as long an image at 4 as at 16.
 */
const FALLBACK_BATCH_SIZE = 4;

/** Limits the batch to what the buffers of the device can hold. */
function chooseBatchSize(
  graph: Graph,
  backend: TfjsBackend,
  wanted: number,
): number {
  const largest = largestBatch(graph, backend.maxBufferBytes);
  if (largest < 1) {
    throw new BackendUnavailableError(
      "webgpu",
      `its buffers must hold the activations of one image of ${graph.imageSize} pixels: they hold ${backend.maxBufferBytes} bytes`,
    );
  }
  return Math.min(wanted, largest);
}

/** Runs batches of one shape on the GPU. */
function makeRunner(
  backbone: Backbone,
  gpu: { backend: TfjsBackend; network: Network; batchSize: number },
): BatchRunner {
  const { backend, network, batchSize } = gpu;
  const { imageSize } = backbone.graph;
  const normalize = makeNormalizer(backbone.normalization);
  // One is enough: it is uploaded before `run` returns.
  const pixels = new Float32Array(batchSize * imageSize ** 2 * 3);
  return async (images, [view]) => {
    normalize(images, { view: view!, imageSize, target: pixels });
    backend.use();
    const output = network.run(pixels, batchSize);
    // Never `dataSync`, which throws on this backend.
    const rows = await output.data();
    output.dispose();
    backend.check();
    return rows as Float32Array;
  };
}

/** Puts the engine together on a backend that runs. */
async function assembleEngine(
  backbone: Backbone,
  backend: TfjsBackend,
  options: WebgpuOptions,
): Promise<Engine> {
  const { graph, weights } = backbone;
  const preferred = backend.isFallback
    ? FALLBACK_BATCH_SIZE
    : DEFAULT_BATCH_SIZE;
  const { batchSize: wanted = preferred } = options;
  const batchSize = chooseBatchSize(graph, backend, wanted);
  await testTfjs(backend);
  backend.use();
  const network = buildNetwork(graph, weights);
  const run = makeRunner(backbone, { backend, network, batchSize });
  const size = embeddingSize(graph.spec);
  const shape = {
    imageSize: graph.imageSize,
    embeddingSize: size,
    batchSize,
    joinsViews: false,
  };
  return {
    name: "webgpu",
    description: backend.description,
    embeddingSize: size,
    batchSize,
    embed: (images, request) => embedInBatches(images, request, shape, [run]),
    async close() {
      network.dispose();
      await backend.stop();
    },
  };
}

/**
 * Opens the WebGPU engine.
 *
 * The batch has a fixed shape, as tfjs keeps a pool of buffers by size that
 * never shrinks; the last one is padded.
 *
 * @param backbone What to run.
 * @param options The batch size.
 * @returns The engine; free the device with `close`.
 * @throws {BackendUnavailableError} If there is no adapter, it is too small, or fails its self-test.
 */
export async function createWebgpuEngine(
  backbone: Backbone,
  options: WebgpuOptions = {},
): Promise<Engine> {
  const backend = await startTfjs("webgpu");
  try {
    return await assembleEngine(backbone, backend, options);
  } catch (error) {
    await backend.stop();
    throw error;
  }
}
