/** The forward pass of a graph in tfjs, the same for every tfjs backend. */

import * as tf from "@tensorflow/tfjs";
import { foldedConv, type FoldedWeights } from "../../backbone/fold.ts";
import { toHwio } from "../../backbone/kernel_order.ts";
import type {
  ConvLayer,
  GlobalPoolLayer,
  Graph,
  Layer,
  Padding,
  PoolLayer,
} from "../../backbone/layers.ts";

/** Tensors of a fused convolution. */
interface ConvTensors {
  /** F32 `[n, H, W, inChannels]`. */
  x: tf.Tensor4D;
  /** F32 `[kernel, kernel, inChannels, outChannels]`. */
  kernel: tf.Tensor4D;
  /** F32 `[outChannels]`. */
  bias: tf.Tensor1D;
  /** Added to the result if given, F32 `[n, size, size, outChannels]`. */
  shortcut?: tf.Tensor4D | undefined;
}

/** The shape of a fused convolution. */
export interface ConvShape {
  /** Distance between two applications, in pixels. */
  stride: number;
  /** Zeros above the input, in pixels. */
  top: number;
  /** Zeros to the left of it, in pixels. */
  left: number;
  /** Side of the output, in pixels. */
  size: number;
  /** Whether negative values become 0 at the end. */
  relu: boolean;
}

/**
 * Convolves, adds and rectifies at once.
 *
 * Returns F32 `[n, size, size, outChannels]`; `undefined` if it cannot compute this
 * convolution.
 */
export type Convolve = (
  tensors: ConvTensors,
  shape: ConvShape,
) => tf.Tensor4D | undefined;

/** A graph whose weights are tensors of the current tfjs backend. */
export interface Network {
  /**
   * Runs the network; the caller disposes of the result, nothing else is left.
   *
   * Shapes: `makePixels` makes F32 `[batch, S, S, 3]`, normalized, which is freed
   * as soon as it was read; returns F32 `[batch, D]`, or `[batch, H, W, D]` where the
   * graph has no pool.
   *
   * @throws {Error} If the number of tensors grew by more than the result.
   */
  run(makePixels: () => tf.Tensor4D): tf.Tensor;
  dispose(): void;
}

/** What the layers of a network are on a backend. */
interface Lowering {
  /** Uploads the weights of a convolution, once. */
  upload(layer: ConvLayer): Pick<ConvTensors, "kernel" | "bias">;
  /** Computes a convolution, with the addition and the relu after it. */
  conv(layer: ConvLayer, tensors: ConvTensors): tf.Tensor;
  pool(layer: PoolLayer | GlobalPoolLayer, x: tf.Tensor4D): tf.Tensor;
}

/** Padding as tfjs has it: by dimension, before and after. */
type TfPadding = Parameters<typeof tf.maxPool>[3];

/**
 * Translates a padding. None at all must be `valid`: the WebGPU backend makes a
 * matrix product of a 1x1 convolution only then.
 */
function toTfPadding({ top, bottom, left, right }: Padding): TfPadding {
  if (top + bottom + left + right === 0) return "valid";
  return [[0, 0], [top, bottom], [left, right], [0, 0]];
}

/** Lowers a convolution. */
function lowerConv(
  layer: ConvLayer,
  tensors: ConvTensors,
  convolve: Convolve | undefined,
): tf.Tensor4D {
  const { stride, padding, size, relu } = layer;
  const { top, left } = padding;
  const { x, shortcut } = tensors;
  const fused = convolve?.(tensors, { stride, top, left, size, relu });
  if (fused !== undefined) return fused;
  const y = tf.fused.conv2d({
    x,
    filter: tensors.kernel,
    bias: tensors.bias,
    strides: stride,
    pad: toTfPadding(padding),
    // The addition comes before the relu, which cannot be fused then.
    activation: relu && shortcut === undefined ? "relu" : "linear",
  });
  if (shortcut === undefined) return y;
  const sum = tf.add<tf.Tensor4D>(y, shortcut);
  return relu ? tf.relu(sum) : sum;
}

/**
 * Lowers a pool. Padding must never win a max pool: its input went through a
 * relu, so the zeros that a backend may pad with do no harm.
 */
export function lowerPool(
  layer: PoolLayer | GlobalPoolLayer,
  x: tf.Tensor4D,
): tf.Tensor {
  if (layer.kind === "avgpool") {
    // Not the mean over two axes: WebGPU transposes for it.
    const [batch, height, width, channels] = x.shape;
    const mean = tf.avgPool(x, [height, width], 1, "valid");
    return tf.reshape(mean, [batch, channels]);
  }
  const { kernel, stride, padding } = layer;
  return tf.maxPool(x, kernel, stride, toTfPadding(padding));
}

/** Returns for each layer the outputs that no layer after it reads. */
function planReleases(layers: readonly Layer[]): string[][] {
  const releases: string[][] = layers.map(() => []);
  const lastReader = new Map<string, number>();
  layers.forEach((layer, i) => {
    lastReader.set(layer.input, i);
    if (layer.kind === "conv" && layer.add) lastReader.set(layer.add, i);
  });
  for (const [name, i] of lastReader) releases[i]!.push(name);
  return releases;
}

/** Uploads the weights of a convolution. */
function upload(layer: ConvLayer, weights: FoldedWeights) {
  const { kernel, inChannels, outChannels } = layer;
  const { weight, bias } = foldedConv(weights, layer);
  return {
    kernel: tf.tensor4d(
      toHwio(weight, layer),
      [kernel, kernel, inChannels, outChannels],
    ),
    bias: tf.tensor1d(bias),
  };
}

/**
 * Makes a network of its layers.
 *
 * An output is freed after its last reader: kept until the end, those of a
 * ResNet-101 at 224 pixels would take more than 100 MB an image.
 *
 * @returns The network; free it with `dispose`.
 */
export function makeNetwork(
  layers: readonly Layer[],
  { upload, conv, pool }: Lowering,
): Network {
  const tensors = new Map(
    layers.filter((layer) => layer.kind === "conv")
      .map((layer) => [layer.name, upload(layer)]),
  );
  const releases = planReleases(layers);
  const lower = (layer: Layer, outputs: Map<string, tf.Tensor>) => {
    const x = outputs.get(layer.input) as tf.Tensor4D;
    if (layer.kind !== "conv") return pool(layer, x);
    const shortcut = layer.add
      ? outputs.get(layer.add) as tf.Tensor4D
      : undefined;
    return conv(layer, { x, shortcut, ...tensors.get(layer.name)! });
  };
  return {
    run(makePixels) {
      const before = tf.memory().numTensors;
      // The outer tidy frees everything where a layer throws.
      const result = tf.tidy(() => {
        const outputs = new Map<string, tf.Tensor>([["input", makePixels()]]);
        layers.forEach((layer, i) => {
          outputs.set(layer.name, tf.tidy(() => lower(layer, outputs)));
          for (const name of releases[i]!) outputs.get(name)!.dispose();
        });
        return outputs.get(layers.at(-1)!.name)!;
      });
      const leaked = tf.memory().numTensors - before - 1;
      if (leaked !== 0) {
        throw new Error(
          `Cannot run the network as no tensor may be left: ${leaked} were`,
        );
      }
      return result;
    },
    dispose() {
      for (const { kernel, bias } of tensors.values()) {
        kernel.dispose();
        bias.dispose();
      }
      tensors.clear();
    },
  };
}

/**
 * Makes a graph run on the current tfjs backend.
 *
 * @param convolve The convolution of the device, if it has one.
 * @returns The network; free it with `dispose`.
 */
export function buildNetwork(
  graph: Graph,
  weights: FoldedWeights,
  convolve?: Convolve,
): Network {
  return makeNetwork(graph.layers, {
    upload: (layer) => upload(layer, weights),
    conv: (layer, tensors) => lowerConv(layer, tensors, convolve),
    pool: lowerPool,
  });
}
