/**
 * The shaders of this project as kernels of tfjs, which then manages their memory.
 */

import * as tf from "@tensorflow/tfjs";
import type { TensorInfo } from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { PoolLayer } from "../../backbone/layers.ts";
import type { Convolve } from "../tfjs/forward.ts";
import {
  type ConvInputs,
  fitsConv,
  type HalfConvShape,
  runConv,
} from "./conv.ts";
import { runHalfPixels, runHalfPool } from "./halves.ts";
import { type PixelInputs, type PixelLayout, runPixels } from "./pixels.ts";

/** The shaders by the name of their kernel. */
const KERNELS = {
  FoldedConv: (backend, inputs, shape) =>
    runConv(backend, inputs as ConvInputs, shape as HalfConvShape),
  UnpackPixels: (backend, inputs, layout) =>
    runPixels(backend, inputs as PixelInputs, layout as PixelLayout),
  HalfPixels: (backend, inputs, layout) =>
    runHalfPixels(backend, inputs as PixelInputs, layout as PixelLayout),
  HalfMaxPool: (backend, inputs, layer) =>
    runHalfPool(backend, (inputs as { x: TensorInfo }).x, layer as PoolLayer),
} satisfies Record<
  string,
  (backend: WebGPUBackend, inputs: unknown, options: unknown) => TensorInfo
>;

/** Makes the kernels known to tfjs, for its WebGPU backend. */
export function registerWebgpuKernels(): void {
  for (const [kernelName, run] of Object.entries(KERNELS)) {
    // Kernels outlive the backend, and tfjs warns when one is registered twice.
    if (tf.getKernel(kernelName, "webgpu")) return;
    tf.registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: ({ inputs, backend, attrs }) =>
        run(backend as WebGPUBackend, inputs, attrs),
    });
  }
}

/** Runs a shader as a kernel of tfjs. */
function runKernel(
  name: keyof typeof KERNELS,
  inputs: Record<string, tf.Tensor>,
  options: object,
): tf.Tensor4D {
  return tf.engine().runKernel(name, inputs, { ...options } as never);
}

/** The convolution of this project: one dispatch, for multiples of 4 channels. */
export const convolve: Convolve = (tensors, shape) => {
  const { x, kernel, bias, shortcut } = tensors;
  const [, , inChannels, outChannels] = kernel.shape;
  if (!fitsConv(inChannels, outChannels)) return undefined;
  // tfjs refuses shapes that do not match; the shader would not notice them.
  if (x.shape[3] !== inChannels) return undefined;
  const inputs = { x, kernel, bias, ...shortcut && { shortcut } };
  return runKernel("FoldedConv", inputs, shape);
};

/**
 * Convolves halves.
 *
 * @param tensors As {@linkcode convolve} takes them, in halves but for the bias.
 * @returns F32 `[n, size, size, outChannels]`, or halves.
 */
export function halfConv(
  { x, kernel, bias, shortcut }: Parameters<Convolve>[0],
  shape: HalfConvShape,
): tf.Tensor4D {
  const inputs = { x, kernel, bias, ...shortcut && { shortcut } };
  return runKernel("FoldedConv", inputs, shape);
}

/** Takes the largest of each window of halves that are not negative. */
export function halfPool(x: tf.Tensor4D, layer: PoolLayer): tf.Tensor4D {
  return runKernel("HalfMaxPool", { x }, layer);
}

/**
 * Normalizes images that were uploaded as bytes, on the WebGPU backend.
 *
 * @param inputs Images, and the number of each level.
 * @returns F32 `[batch, S, S, 3]`, or halves with a fourth channel of zeros; the first view of all images first.
 */
export function unpackPixels(
  inputs: { bytes: tf.Tensor1D; levels: tf.Tensor1D },
  layout: PixelLayout,
  half = false,
): tf.Tensor4D {
  return runKernel(half ? "HalfPixels" : "UnpackPixels", inputs, layout);
}
