/**
 * The forward pass in half precision on the GPU: weights and activations are halves,
 * sums are F32.
 */

import * as tf from "@tensorflow/tfjs";
import { foldedConv, type FoldedWeights } from "../../backbone/fold.ts";
import { toHwio } from "../../backbone/kernel_order.ts";
import type { ConvLayer, Graph, Layer } from "../../backbone/layers.ts";
import { lowerPool, type Network, runLayers } from "../tfjs/forward.ts";
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
  const convolutions = layers.filter((layer) => layer.kind === "conv");
  const tensors = new Map(
    convolutions.map((layer) => [layer.name, upload(layer, weights)]),
  );
  // What leaves the GPU, or is averaged before it does, is not rounded.
  const pool = layers.find(({ kind }) => kind === "avgpool");
  const last = pool?.input ?? layers.at(-1)!.name;

  function lower(layer: Layer, outputs: Map<string, tf.Tensor>): tf.Tensor {
    const x = outputs.get(layer.input) as tf.Tensor4D;
    if (layer.kind === "avgpool") return lowerPool(layer, x);
    if (layer.kind === "maxpool") return halfPool(x, layer);
    const shortcut = layer.add
      ? outputs.get(layer.add) as tf.Tensor4D
      : undefined;
    const { stride, padding: { top, left }, size, relu } = layer;
    const halfResult = layer.name !== last;
    const shape = { stride, top, left, size, relu, halfResult };
    return halfConv({ x, shortcut, ...tensors.get(layer.name)! }, shape);
  }

  return {
    run: (makePixels) => runLayers(layers, lower, makePixels),
    dispose() {
      for (const { kernel, bias } of tensors.values()) {
        kernel.dispose();
        bias.dispose();
      }
      tensors.clear();
    },
  };
}
