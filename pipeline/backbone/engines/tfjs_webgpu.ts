/**
 * The WebGPU engine: tfjs on the GPU, in this thread.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { BackendUnavailableError } from "../../errors.ts";
import type { Backbone } from "../backbone.ts";
import type { Engine } from "../engine.ts";
import { outputLength } from "../feature_map.ts";
import type { Graph } from "../layers.ts";
import { levelTable } from "../normalize.ts";
import { type BatchRunner, embedInBatches, largestBatch } from "./batches.ts";
import { buildNetwork, type Network } from "./forward.ts";
import { testTfjs } from "./tfjs_self_test.ts";
import { startTfjs, type TfjsBackend } from "./tfjs_backend.ts";
import { unpackPixels } from "./webgpu_kernels.ts";
import type { PixelLayout } from "./webgpu_pixels.ts";

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

/**
 * Batches that are in the queue of the GPU: the next one is copied and uploaded
 * while it works. Of a batch that waits only bytes and embeddings are held: its
 * activations take the buffers of the one before.
 */
const IN_FLIGHT = 2;

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

/** What runs batches: a backend, and what it holds. */
interface Gpu {
  backend: TfjsBackend;
  network: Network;
  /** The number of each level of each channel, F32 `[3 * 256]`. */
  levels: tf.Tensor1D;
}

/** Shape of all batches, and the channel that comes first. */
type Batches = Omit<PixelLayout, "count" | "flips">;

/**
 * Puts the work of a batch into the queue of the GPU.
 *
 * @param gpu What runs batches.
 * @param bytes Images, as many as any batch of so many views has.
 * @param layout The shape of the batch.
 * @returns The embeddings, or the feature maps, once read.
 */
function enqueue(
  { network, levels }: Gpu,
  bytes: Uint8Array<ArrayBuffer>,
  layout: PixelLayout,
): tf.Tensor {
  const words = new Int32Array(bytes.buffer);
  return network.run(() =>
    unpackPixels({ bytes: tf.tensor1d(words, "int32"), levels }, layout)
  );
}

/** Fills up images to as many bytes as any batch has, in whole words. */
function padImages(
  images: Uint8Array<ArrayBuffer>,
  { batch, imageSize }: Batches,
  views: number,
): Uint8Array<ArrayBuffer> {
  const most = Math.max(1, Math.floor(batch / views));
  const size = Math.ceil(most * imageSize ** 2 * 3 / 4) * 4;
  if (images.length === size) return images;
  const bytes = new Uint8Array(size);
  bytes.set(images);
  return bytes;
}

/**
 * Makes what runs batches of one shape on the GPU. It may be called again before
 * an answer has come: the queue of the GPU keeps the order.
 */
function makeRunner(gpu: Gpu, batches: Batches): BatchRunner {
  const { backend } = gpu;
  const imageBytes = batches.imageSize ** 2 * 3;
  return async (images, views) => {
    backend.use();
    const output = enqueue(gpu, padImages(images, batches, views.length), {
      ...batches,
      count: images.length / imageBytes,
      flips: views.map((view) => view === "flipped"),
    });
    // Never `dataSync`, which throws on this backend.
    const rows = await output.data();
    output.dispose();
    backend.check();
    return rows as Float32Array;
  };
}

/** Compiles every shader, and uploads the weights: the first batch is like any other. */
async function warmUp(gpu: Gpu, batches: Batches): Promise<void> {
  const layout = { ...batches, count: 1, flips: [false] };
  const bytes = padImages(new Uint8Array(0), batches, 1);
  await gpu.backend.compile(() => enqueue(gpu, bytes, layout).dispose());
}

/** Puts the engine together on a backend that runs. */
async function assembleEngine(
  backbone: Backbone,
  backend: TfjsBackend,
  options: WebgpuOptions,
): Promise<Engine> {
  const { graph, weights, normalization } = backbone;
  const preferred = backend.isFallback
    ? FALLBACK_BATCH_SIZE
    : DEFAULT_BATCH_SIZE;
  const { batchSize: wanted = preferred } = options;
  const batchSize = chooseBatchSize(graph, backend, wanted);
  await testTfjs(backend);
  backend.use();
  const { levels, firstChannel } = levelTable(normalization);
  const gpu: Gpu = {
    backend,
    network: buildNetwork(graph, weights),
    levels: tf.tensor1d(levels),
  };
  const { imageSize } = graph;
  const batches: Batches = { batch: batchSize, imageSize, firstChannel };
  await warmUp(gpu, batches);
  const run = makeRunner(gpu, batches);
  const size = outputLength(graph);
  const shape = {
    imageSize,
    embeddingSize: size,
    batchSize,
    // One upload has both views then; a batch of one embedding has no room.
    joinsViews: batchSize > 1,
  };
  return {
    name: "webgpu",
    description: backend.description,
    embeddingSize: size,
    batchSize,
    embed: (images, request) =>
      embedInBatches(images, request, shape, Array(IN_FLIGHT).fill(run)),
    async close() {
      gpu.network.dispose();
      gpu.levels.dispose();
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
