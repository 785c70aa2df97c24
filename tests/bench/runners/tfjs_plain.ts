/**
 * The backbone in tfjs as its documentation has it: convolution, batch norm and
 * relu one after the other, on one thread of WebAssembly.
 *
 * Arguments: weight file, side of the images, images a batch.
 *
 * @module
 */

import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs";
import { toFloat32 } from "../../../pipeline/artifact/tensor.ts";
import type { ConvLayer, Layer } from "../../../pipeline/backbone/layers.ts";
import { readResNet } from "../../../pipeline/weights/read_resnet.ts";
import { buildGraph } from "../../../pipeline/backbone/graph.ts";
import { readTensors } from "../network_input.ts";
import { serveBatches } from "../serve_batches.ts";

const [weights, side, batch] = Deno.args;
const imageSize = Number(side);
tf.enableProdMode();
await tf.setBackend("wasm");
const tensors = await readTensors(weights!);
const { spec } = readResNet(tensors, { path: weights! });
const { layers } = buildGraph(spec, imageSize);

/** A vector of the weight file. */
function vector(name: string): tf.Tensor1D {
  return tf.tensor1d(toFloat32(tensors.get(name)!, name));
}

/** Uploads a convolution and its batch norm. */
function upload({ name, norm }: ConvLayer) {
  const path = `${name}.weight`;
  const { shape } = tensors.get(path)!;
  const kernel = tf.tensor(toFloat32(tensors.get(path)!, path), shape);
  return {
    kernel: tf.transpose(kernel, [2, 3, 1, 0]) as tf.Tensor4D,
    mean: vector(`${norm}.running_mean`),
    variance: vector(`${norm}.running_var`),
    gamma: vector(`${norm}.weight`),
    beta: vector(`${norm}.bias`),
  };
}

const parameters = new Map(
  layers.filter((layer) => layer.kind === "conv")
    .map((layer) => [layer.name, upload(layer)]),
);

/** Runs a layer. */
function run(layer: Layer, outputs: Map<string, tf.Tensor>): tf.Tensor {
  const x = outputs.get(layer.input) as tf.Tensor4D;
  if (layer.kind === "avgpool") return tf.mean(x, [1, 2]);
  const { stride, padding: { top, bottom, left, right } } = layer;
  const pad: [number, number][] = [[0, 0], [top, bottom], [left, right], [
    0,
    0,
  ]];
  if (layer.kind === "maxpool") {
    return tf.maxPool(tf.pad(x, pad), layer.kernel, stride, "valid");
  }
  const { kernel, mean, variance, gamma, beta } = parameters.get(layer.name)!;
  const padded = top + bottom + left + right > 0 ? tf.pad(x, pad) : x;
  const convolved = tf.conv2d(padded, kernel, stride, "valid");
  const { epsilon, add, relu } = layer;
  const y = tf.batchNorm4d(convolved, mean, variance, beta, gamma, epsilon);
  const sum = add === undefined ? y : tf.add(y, outputs.get(add)!);
  return relu ? tf.relu(sum) : sum;
}

await serveBatches({
  imageSize,
  batchSize: Number(batch),
  async embed(pixels, n) {
    const output = tf.tidy(() => {
      const input = tf.tensor4d(pixels, [n, imageSize, imageSize, 3]);
      const outputs = new Map<string, tf.Tensor>([["input", input]]);
      for (const layer of layers) outputs.set(layer.name, run(layer, outputs));
      return outputs.get(layers.at(-1)!.name)!;
    });
    const rows = await output.data();
    output.dispose();
    return rows;
  },
});
