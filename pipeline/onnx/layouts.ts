/** Kernels and padding as ONNX has them. */

import { CHANNELS_A_TIME } from "../backbone/fold.ts";
import type { ConvLayer, Padding } from "../backbone/layers.ts";

/** A window that moves over an image. */
interface Window {
  /** Side of the window, in pixels. */
  kernel: number;
  /** Distance between two applications, in pixels. */
  stride: number;
  padding: Padding;
}

/** Returns the attributes of a convolution or a pool; padding has the starts, then the ends. */
export function windowAttributes({ kernel, stride, padding }: Window) {
  const { top, left, bottom, right } = padding;
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [top, left, bottom, right],
  };
}

/** Reorders a kernel from `[k, k, in, out]` to ONNX' and PyTorch's `[out, in, k, k]`. */
export function toOihw(weight: Float32Array, layer: ConvLayer): Float32Array {
  const { kernel, inChannels, outChannels } = layer;
  const area = kernel * kernel;
  const reordered = new Float32Array(weight.length);
  for (let first = 0; first < outChannels; first += CHANNELS_A_TIME) {
    const end = Math.min(outChannels, first + CHANNELS_A_TIME);
    for (let i = 0; i < inChannels; i++) {
      for (let p = 0; p < area; p++) {
        const from = (p * inChannels + i) * outChannels;
        const to = i * area + p;
        for (let o = first; o < end; o++) {
          reordered[o * inChannels * area + to] = weight[from + o]!;
        }
      }
    }
  }
  return reordered;
}
