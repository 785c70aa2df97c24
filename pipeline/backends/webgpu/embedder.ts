/** The backbone on `webgpu`: tfjs on the GPU, in this thread. */

import * as tf from "@tensorflow/tfjs";
import { type Graph, outputLength } from "../../backbone/layers.ts";
import { levelTable } from "../../backbone/normalize.ts";
import {
  type ComingBackbone,
  type Embedder,
  type EmbedderOptions,
  readComing,
} from "../backend.ts";
import {
  type BatchRunner,
  embedInBatches,
  largestBatch,
  requirePositive,
} from "../batches.ts";
import { testTfjs, type TfjsDevice } from "../tfjs/device.ts";
import { buildNetwork, type Network } from "../tfjs/forward.ts";
import { buildHalfNetwork } from "./half_network.ts";
import { startWebgpu } from "./device.ts";
import { unpackPixels } from "./kernels.ts";
import type { PixelLayout } from "./pixels.ts";
import { BackendUnavailableError } from "../../errors.ts";

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
  device: TfjsDevice,
  wanted: number,
): number {
  const largest = largestBatch(graph, device.maxBufferBytes);
  if (largest < 1) {
    throw new BackendUnavailableError(
      "webgpu",
      `its buffers must hold the activations of one image of ${graph.imageSize} pixels: they hold ${device.maxBufferBytes} bytes`,
    );
  }
  return Math.min(wanted, largest);
}

/** The device that runs batches, with its tensors. */
interface Gpu {
  device: TfjsDevice;
  network: Network;
  /** The number of each level of each channel, F32 `[3 * 256]`. */
  levels: tf.Tensor1D;
  /** Whether the network is in half precision. */
  half: boolean;
}

/** Shape of all batches, and the channel that comes first. */
type Batches = Omit<PixelLayout, "count" | "flips">;

/**
 * Puts the work of a batch into the queue of the GPU.
 *
 * @param bytes Images, as many as any batch of so many views has.
 * @returns The embeddings, or the feature maps, once read.
 */
function enqueue(
  { network, levels, half }: Gpu,
  bytes: Uint8Array<ArrayBuffer>,
  layout: PixelLayout,
): tf.Tensor {
  const words = new Int32Array(bytes.buffer);
  return network.run(() =>
    unpackPixels({ bytes: tf.tensor1d(words, "int32"), levels }, layout, half)
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
  const { device } = gpu;
  const imageBytes = batches.imageSize ** 2 * 3;
  return async (images, views) => {
    device.use();
    const output = enqueue(gpu, padImages(images, batches, views.length), {
      ...batches,
      count: images.length / imageBytes,
      flips: views.map((view) => view === "flipped"),
    });
    try {
      // Never `dataSync`, which throws on this device.
      const rows = await output.data();
      device.check();
      return rows as Float32Array;
    } catch (cause) {
      // What the device has reported says more than what is thrown.
      device.check();
      const reason = `it gives no answer: ${(cause as Error).message}`;
      throw new BackendUnavailableError("webgpu", reason, { cause });
    } finally {
      output.dispose();
    }
  };
}

/** Compiles every shader, and uploads the weights: the first batch is like any other. */
async function warmUp(gpu: Gpu, batches: Batches): Promise<void> {
  const layout = { ...batches, count: 1, flips: [false] };
  const bytes = padImages(new Uint8Array(0), batches, 1);
  await gpu.device.compile(() => enqueue(gpu, bytes, layout).dispose());
}

/** Puts the embedder together on a device that runs. */
async function assemble(
  coming: ComingBackbone,
  device: TfjsDevice,
  options: EmbedderOptions,
): Promise<Embedder> {
  // Before anything is read: a backend that fails it leaves the memory to the next.
  await testTfjs(device);
  const backbone = await readComing(coming);
  const { graph, weights, normalization, half = false } = backbone;
  // Halves take half the memory.
  const usual = half ? 2 * DEFAULT_BATCH_SIZE : DEFAULT_BATCH_SIZE;
  const preferred = device.isFallback ? FALLBACK_BATCH_SIZE : usual;
  const { batchSize: wanted = preferred } = options;
  requirePositive("webgpu", { batchSize: wanted });
  const batchSize = chooseBatchSize(graph, device, wanted);
  device.use();
  const { levels, firstChannel } = levelTable(normalization);
  const gpu: Gpu = {
    device,
    network: half
      ? buildHalfNetwork(graph, weights)
      : buildNetwork(graph, weights, device.convolve),
    half,
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
    description: device.description,
    embeddingSize: size,
    batchSize,
    embed: (images, request) =>
      embedInBatches(images, request, shape, Array(IN_FLIGHT).fill(run)),
    async close() {
      gpu.network.dispose();
      gpu.levels.dispose();
      await device.stop();
    },
  };
}

/**
 * Opens a backbone; see `Backend.openEmbedder`.
 *
 * The batch has a fixed shape, as tfjs keeps a pool of buffers by size that
 * never shrinks; the last one is padded.
 */
export async function openEmbedder(
  coming: ComingBackbone,
  options: EmbedderOptions = {},
): Promise<Embedder> {
  const device = await startWebgpu();
  try {
    return await assemble(coming, device, options);
  } catch (error) {
    await device.stop();
    throw error;
  }
}
