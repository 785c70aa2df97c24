/**
 * The shaders of this project as kernels of tfjs, which then manages their memory.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { Convolve, ConvShape } from "../tfjs/forward.ts";
import { type ConvInputs, fitsConv, runConv } from "./conv.ts";
import { type PixelInputs, type PixelLayout, runPixels } from "./pixels.ts";

/** Name of the kernel that convolves. */
const CONV = "FoldedConv";

/** Name of the kernel that normalizes pixels. */
const UNPACK_PIXELS = "UnpackPixels";

/** Makes the kernels known to tfjs, for its WebGPU backend. */
export function registerWebgpuKernels(): void {
  // Kernels outlive the backend, and tfjs warns when one is registered twice.
  if (tf.getKernel(CONV, "webgpu")) return;
  tf.registerKernel({
    kernelName: CONV,
    backendName: "webgpu",
    kernelFunc: ({ inputs, backend, attrs }) =>
      runConv(
        backend as WebGPUBackend,
        inputs as unknown as ConvInputs,
        attrs as unknown as ConvShape,
      ),
  });
  tf.registerKernel({
    kernelName: UNPACK_PIXELS,
    backendName: "webgpu",
    kernelFunc: ({ inputs, backend, attrs }) =>
      runPixels(
        backend as WebGPUBackend,
        inputs as unknown as PixelInputs,
        attrs as unknown as PixelLayout,
      ),
  });
}

/** The convolution of this project: one dispatch, for multiples of 4 channels. */
export const convolve: Convolve = (tensors, shape) => {
  const { x, kernel, bias, shortcut } = tensors;
  const [, , inChannels, outChannels] = kernel.shape;
  if (!fitsConv(inChannels, outChannels)) return undefined;
  // tfjs refuses shapes that do not match; the shader would not notice them.
  if (x.shape[3] !== inChannels) return undefined;
  const inputs = { x, kernel, bias, ...shortcut && { shortcut } };
  return tf.engine().runKernel(CONV, inputs, { ...shape } as never);
};

/**
 * Normalizes images that were uploaded as bytes, on the WebGPU backend.
 *
 * @param inputs Images, and the number of each level.
 * @returns F32 `[batch, S, S, 3]`, the first view of all images first.
 */
export function unpackPixels(
  inputs: { bytes: tf.Tensor1D; levels: tf.Tensor1D },
  layout: PixelLayout,
): tf.Tensor4D {
  return tf.engine().runKernel(UNPACK_PIXELS, inputs, { ...layout } as never);
}
