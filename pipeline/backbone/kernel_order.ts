/**
 * The two orders of a kernel: `[out, in, k, k]` of PyTorch and ONNX, in which weights
 * are folded, and `[k, k, in, out]` of TensorFlow, which tfjs and Keras compute with.
 */

import { transpose } from "../numeric/matrices.ts";
import type { ConvLayer } from "./layers.ts";

type KernelSizes = Pick<ConvLayer, "kernel" | "inChannels" | "outChannels">;

/** Reorders a kernel, F32 `[k, k, in, out]`; returns a copy, F32 `[out, in, k, k]`. */
export function toOihw(
  weight: Float32Array,
  { kernel, inChannels, outChannels }: KernelSizes,
): Float32Array {
  const area = kernel ** 2;
  const rows = swapRows(weight, [area, inChannels], outChannels);
  return transpose(rows, area * inChannels, outChannels);
}

/** Reorders a kernel, F32 `[out, in, k, k]`; returns a copy, F32 `[k, k, in, out]`. */
export function toHwio(
  weight: Float32Array,
  { kernel, inChannels, outChannels }: KernelSizes,
): Float32Array {
  const area = kernel ** 2;
  const rows = transpose(weight, outChannels, inChannels * area);
  return swapRows(rows, [inChannels, area], outChannels);
}

/** Swaps the first two dimensions of F32 `[n, m, length]`; where one is 1 nothing moves. */
function swapRows(
  values: Float32Array,
  [n, m]: readonly [number, number],
  length: number,
): Float32Array {
  if (n === 1 || m === 1) return values;
  const swapped = new Float32Array(values.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const start = (i * m + j) * length;
      const row = values.subarray(start, start + length);
      swapped.set(row, (j * n + i) * length);
    }
  }
  return swapped;
}
