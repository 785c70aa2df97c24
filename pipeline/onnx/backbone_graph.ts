/**
 * The forward pass of a backbone as an ONNX model, from stored pixels to
 * embeddings.
 *
 * The model has no fixed batch.
 *
 * | name | | |
 * | --- | --- | --- |
 * | `images`, an input | U8 `[n, S, S, 3]` | RGB, as stored, or mirrored |
 * | `embeddings`, the output | F32 `[n, D]` | feature maps `[n, H * W * D]` where the graph has no pool |
 */

import {
  type Backbone,
  type FoldedConv,
  foldedConv,
  rowLength,
} from "../backbone/fold.ts";
import type { ConvLayer, Graph, Layer } from "../backbone/layers.ts";
import { beforeAddition, rangeNames } from "../backbone/ranges.ts";
import type { Normalization } from "../image/preprocessing.ts";
import { OnnxBuilder, type OnnxValue } from "./builder.ts";
import { windowAttributes } from "./layouts.ts";
import { addQuantizedLayers } from "./quantized_graph.ts";

/**
 * Adds the normalization: `(x - mean) / std` by channel.
 *
 * @param normalization Channel order, means and standard deviations.
 * @param pixels Name of the pixels in RGB: U8 `[n, S, S, 3]`, or F32 `[n, 3, S, S]` of 0 to 255.
 * @returns Name of the result, F32 `[n, 3, S, S]`.
 */
export function addNormalization(
  builder: OnnxBuilder,
  { channels, mean, std }: Normalization,
  pixels: string,
  layout: "nhwc" | "nchw" = "nhwc",
): string {
  let levels = pixels;
  if (channels === "bgr") {
    const order = builder.integers("bgr", [2, 1, 0]);
    const axis = layout === "nhwc" ? 3 : 1;
    levels = builder.node("Gather", [levels, order], "reordered", { axis });
  }
  if (layout === "nhwc") {
    builder.node("Transpose", [levels], "planes", { perm: [0, 3, 1, 2] });
    levels = builder.node("Cast", ["planes"], "levels", { to: 1 });
  }
  builder.constant("mean", Float32Array.from(mean), [1, 3, 1, 1]);
  builder.constant("std", Float32Array.from(std), [1, 3, 1, 1]);
  builder.node("Sub", [levels, "mean"], "centred");
  return builder.node("Div", ["centred", "std"], "input");
}

/** Adds a convolution, with the addition and the relu after it. */
function addConv(
  builder: OnnxBuilder,
  layer: ConvLayer,
  { weight, bias }: FoldedConv,
): void {
  const { name, kernel, inChannels, outChannels, add, relu } = layer;
  const shape = [outChannels, inChannels, kernel, kernel];
  builder.weights(`${name}.weight`, weight, shape);
  builder.constant(`${name}.bias`, bias, [outChannels]);
  const inputs = [layer.input, `${name}.weight`, `${name}.bias`];
  const summed = relu ? `${name}.sum` : name;
  const convolved = add ? beforeAddition(name) : summed;
  builder.node("Conv", inputs, convolved, windowAttributes(layer));
  if (add) builder.node("Add", [convolved, add], summed);
  if (relu) builder.node("Relu", [summed], name);
}

function addLayer(
  builder: OnnxBuilder,
  layer: Layer,
  weights: Backbone["weights"],
): void {
  switch (layer.kind) {
    case "conv":
      return addConv(builder, layer, foldedConv(weights, layer));
    case "maxpool": {
      builder.node(
        "MaxPool",
        [layer.input],
        layer.name,
        windowAttributes(layer),
      );
      return;
    }
    case "avgpool": {
      const pooled = `${layer.name}.mean`;
      builder.node("GlobalAveragePool", [layer.input], pooled);
      builder.node("Flatten", [pooled], "embeddings", { axis: 1 });
      return;
    }
    default:
      layer satisfies never;
  }
}

/** Adds what makes the output of a graph without a pool, channels last as in tfjs. */
function addFeatureMap(builder: OnnxBuilder, { layers }: Graph): void {
  const { kind, name } = layers.at(-1)!;
  if (kind === "avgpool") return;
  const map = builder.node("Transpose", [name], "map", { perm: [0, 2, 3, 1] });
  builder.node("Flatten", [map], "embeddings", { axis: 1 });
}

/**
 * Adds the layers; the first one reads `input`, F32 `[n, 3, S, S]`.
 *
 * @param network The graph and its folded weights; in integers where it has ranges.
 * @returns Name of the output, F32 `[n, D]`.
 */
export function addNetwork(
  builder: OnnxBuilder,
  network: Pick<Backbone, "graph" | "weights" | "ranges">,
): string {
  const { graph, weights, ranges } = network;
  if (ranges) addQuantizedLayers(builder, { graph, weights, ranges });
  else for (const layer of graph.layers) addLayer(builder, layer, weights);
  addFeatureMap(builder, graph);
  return "embeddings";
}

/** Adds the layers and encodes. */
function encode(
  builder: OnnxBuilder,
  network: Omit<Backbone, "normalization">,
  inputs: readonly OnnxValue[],
): Uint8Array<ArrayBuffer> {
  const embeddings = addNetwork(builder, network);
  const name = network.measures
    ? addMeasures(builder, network.graph, embeddings)
    : embeddings;
  const shape = [null, rowLength(network)];
  return builder.encode(inputs, [{ name, dtype: "F32", shape }]);
}

/**
 * Encodes a backbone as an ONNX model.
 *
 * @param backbone The backbone; where it measures, a row of the output is as `rowLength` has it.
 * @returns The bytes of a `.onnx` file. Weights in F32 are not in it but in its file `OUTSIDE`, the memory of `weights.values`: copies of them take as long as reading them.
 */
export function encodeBackbone(backbone: Backbone): Uint8Array<ArrayBuffer> {
  const { graph: { imageSize }, weights: { values }, normalization } = backbone;
  const builder = new OnnxBuilder({ outside: values.buffer });
  addNormalization(builder, normalization, "images");
  return encode(builder, backbone, [
    { name: "images", dtype: "U8", shape: [null, imageSize, imageSize, 3] },
  ]);
}

/**
 * Encodes a network that is given numbers instead of pixels, as an ONNX model
 * with one input: `pixels` F32 `[n, S, S, 3]`, normalized.
 *
 * @returns The bytes of a `.onnx` file, with the weights in it.
 */
export function encodeNetwork(
  network: Omit<Backbone, "normalization">,
): Uint8Array<ArrayBuffer> {
  const { imageSize } = network.graph;
  const builder = new OnnxBuilder();
  builder.node("Transpose", ["pixels"], "input", { perm: [0, 3, 1, 2] });
  const shape = [null, imageSize, imageSize, 3];
  return encode(builder, network, [{ name: "pixels", dtype: "F32", shape }]);
}

/** Every dimension but that of the images. */
const AXES = { axes: [1, 2, 3] };

/** Adds least and largest value of an activation; returns their names. */
function addExtremes(
  builder: OnnxBuilder,
  name: string,
  endsWithRelu: boolean,
): string[] {
  const [least, largest] = [`${name}.least`, `${name}.largest`];
  if (endsWithRelu) {
    // A pool reads the layout that onnxruntime computes in; a reduction has it changed before.
    const peaks = builder.node("GlobalMaxPool", [name], `${name}.peaks`);
    builder.node("ReduceMax", [peaks], largest, AXES);
    // Nothing is less than 0.
    builder.node("Sub", [largest, largest], least);
  } else {
    builder.node("ReduceMin", [name], least, AXES);
    builder.node("ReduceMax", [name], largest, AXES);
  }
  return [least, largest];
}

/**
 * Adds least and largest value of each activation, after the layers. Of one that ends
 * with a relu the least counts as 0, as it does for its range.
 *
 * @param embeddings Name of the output of the layers, F32 `[n, D]`.
 * @returns Name of the output: F32 `[n, D + 2 T]` for T activations, as `rangeNames` lists them.
 */
function addMeasures(
  builder: OnnxBuilder,
  graph: Graph,
  embeddings: string,
): string {
  const relus = graph.layers.filter((layer) =>
    layer.kind === "conv" && layer.relu
  );
  const endsWithRelu = new Set(relus.map(({ name }) => name));
  // The last come first: onnxruntime runs what comes last as soon as it can, and then
  // has freed an activation before it makes the next. Otherwise all stay in memory,
  // 1.5 GB of a ResNet-101 at 224 pixels.
  const extremes = rangeNames(graph).reverse().map((name) =>
    addExtremes(builder, name, endsWithRelu.has(name))
  );
  builder.node("Concat", extremes.reverse().flat(), "extremes", { axis: 1 });
  builder.node("Flatten", ["extremes"], "ranges", { axis: 1 });
  return builder.node("Concat", [embeddings, "ranges"], "measured", {
    axis: 1,
  });
}
