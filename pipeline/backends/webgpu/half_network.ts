/**
 * The forward pass in half precision on the GPU: weights and activations are halves,
 * sums are F32.
 */

import * as tf from "@tensorflow/tfjs";
import { foldedConv, type FoldedWeights } from "../../backbone/fold.ts";
import { toHwio } from "../../backbone/kernel_order.ts";
import type { ConvLayer, Graph } from "../../backbone/layers.ts";
import { lowerPool, makeNetwork, type Network } from "../tfjs/forward.ts";
import { halfConv, halfPool } from "./kernels.ts";
import { toHalves } from "./halves.ts";

/** Channels of an image, with one of zeros: shaders read four at once. */
const IMAGE_CHANNELS = 4;

/** Puts zeros after the input channels of a kernel, F32 `[k, k, in, out]`. */
function padKernel(
  weight: Float32Array,
  { kernel, inChannels, outChannels }: ConvLayer,
): Float32Array {
  const padded = new Float32Array(kernel ** 2 * IMAGE_CHANNELS * outChannels);
  const length = inChannels * outChannels;
  for (let tap = 0; tap < kernel ** 2; tap++) {
    const own = weight.subarray(tap * length, (tap + 1) * length);
    padded.set(own, tap * IMAGE_CHANNELS * outChannels);
  }
  return padded;
}

/** Uploads the weights of a convolution. */
function upload(layer: ConvLayer, weights: FoldedWeights) {
  const { kernel, input, inChannels, outChannels } = layer;
  const { weight, bias } = foldedConv(weights, layer);
  const ordered = toHwio(weight, layer);
  const ofImage = input === "input";
  const halves = toHalves(ofImage ? padKernel(ordered, layer) : ordered);
  const channels = ofImage ? IMAGE_CHANNELS : inChannels;
  const shape: [number, number, number, number] = [
    ...[kernel, kernel] as const,
    ...[channels, outChannels / 2] as const,
  ];
  return {
    kernel: tf.tensor4d(halves, shape, "int32"),
    bias: tf.tensor1d(bias),
  };
}

/**
 * Makes a graph run on the GPU in half precision.
 *
 * @returns The network, whose `run` takes the pixels of `halfPixels`; free it with `dispose`.
 */
export function buildHalfNetwork(
  graph: Graph,
  weights: FoldedWeights,
): Network {
  const { layers } = graph;
  // What leaves the GPU, or is averaged before it does, is not rounded.
  const pool = layers.find(({ kind }) => kind === "avgpool");
  const last = pool?.input ?? layers.at(-1)!.name;
  return makeNetwork(layers, {
    upload: (layer) => upload(layer, weights),
    conv(layer, tensors) {
      const { stride, padding: { top, left }, size, relu } = layer;
      const halfResult = layer.name !== last;
      return halfConv(tensors, { stride, top, left, size, relu, halfResult });
    },
    pool: (layer, x) =>
      layer.kind === "maxpool" ? halfPool(x, layer) : lowerPool(layer, x),
  });
}
