/**
 * Backbone and head as layers of Keras, which tfjs has too: what the formats `tfjs`
 * and `keras` share.
 *
 * Batch norm is folded in, and the normalization is a convolution of 1x1, as no
 * layer that both have scales the channels one by one. Paddings are layers of their
 * own. The last layers divide the logits by the temperature and take the softmax.
 */

import { type Backbone, foldedConv } from "../backbone/fold.ts";
import { toHwio } from "../backbone/kernel_order.ts";
import type { Layer, Padding } from "../backbone/layers.ts";
import { headTensors } from "../head/model.ts";
import type { Normalization } from "../image/preprocessing.ts";
import type { ExportModel } from "./format.ts";
import {
  KERAS_INPUT,
  KERAS_OUTPUT,
  type KerasLayer,
  type KerasWeight,
} from "./keras_config.ts";
import { orderAsKeras } from "./keras_order.ts";

/** Collects layers. */
class KerasBuilder {
  readonly layers: KerasLayer[] = [];

  /** Adds a layer and returns its name. */
  add(
    className: string,
    name: string,
    inputs: string[],
    config: Record<string, unknown> = {},
    weights: KerasWeight[] = [],
  ): string {
    this.layers.push({ className, name, config, inputs, weights });
    return name;
  }

  /** Adds zeros around an image, if there are any. */
  pad(name: string, input: string, padding: Padding): string {
    const { top, bottom, left, right } = padding;
    if (top + bottom + left + right === 0) return input;
    const sides = [[top, bottom], [left, right]];
    return this.add("ZeroPadding2D", `${name}.pad`, [input], {
      padding: sides,
      data_format: "channels_last",
    });
  }
}

/** Describes kernel and bias of a layer. */
function toWeights(
  kernel: Float32Array,
  bias: Float32Array,
  shape: number[],
  mayBeHalf = true,
): KerasWeight[] {
  return [
    { name: "kernel", shape, values: kernel, mayBeHalf },
    { name: "bias", shape: [bias.length], values: bias, mayBeHalf: false },
  ];
}

/** Arguments of a convolution. */
function convConfig(options: {
  filters: number;
  kernel: number;
  stride: number;
  activation: "linear" | "relu";
}) {
  const { filters, kernel, stride, activation } = options;
  return {
    trainable: false,
    filters,
    kernel_size: [kernel, kernel],
    strides: [stride, stride],
    padding: "valid",
    data_format: "channels_last",
    activation,
    use_bias: true,
  };
}

/** Adds the normalization, a matrix over the channels. */
function addNormalization(
  builder: KerasBuilder,
  { channels, mean, std }: Normalization,
): string {
  const kernel = new Float32Array(9);
  const bias = Float32Array.from(mean, (of, channel) => -of / std[channel]!);
  std.forEach((of, channel) => {
    const from = channels === "rgb" ? channel : 2 - channel;
    kernel[from * 3 + channel] = 1 / of;
  });
  const config = convConfig({
    filters: 3,
    kernel: 1,
    stride: 1,
    activation: "linear",
  });
  const weights = toWeights(kernel, bias, [1, 1, 3, 3], false);
  return builder.add("Conv2D", "normalization", [KERAS_INPUT], config, weights);
}

/** Adds a layer of the backbone; its output has the name of the layer. */
function addLayer(
  builder: KerasBuilder,
  layer: Layer,
  weights: Backbone["weights"],
): void {
  const { name, input } = layer;
  switch (layer.kind) {
    case "conv": {
      const { kernel, stride, padding, add, relu, inChannels, outChannels } =
        layer;
      const { weight, bias } = foldedConv(weights, layer);
      const shape = [kernel, kernel, inChannels, outChannels];
      const config = convConfig({
        filters: outChannels,
        kernel,
        stride,
        activation: relu && !add ? "relu" : "linear",
      });
      const padded = builder.pad(name, input, padding);
      const convolved = add ? `${name}.conv` : name;
      const own = toWeights(toHwio(weight, layer), bias, shape);
      builder.add("Conv2D", convolved, [padded], config, own);
      if (add === undefined) return;
      const sum = relu ? `${name}.sum` : name;
      builder.add("Add", sum, [convolved, add]);
      if (relu) {
        builder.add("Activation", name, [sum], { activation: "relu" });
      }
      return;
    }
    case "maxpool": {
      const { kernel, stride, padding } = layer;
      const padded = builder.pad(name, input, padding);
      builder.add("MaxPooling2D", name, [padded], {
        pool_size: [kernel, kernel],
        strides: [stride, stride],
        padding: "valid",
        data_format: "channels_last",
      });
      return;
    }
    case "avgpool":
      builder.add("GlobalAveragePooling2D", name, [input], {
        data_format: "channels_last",
      });
      return;
    default:
      layer satisfies never;
  }
}

/** Adds the head, the temperature and the softmax. */
function addHead(
  builder: KerasBuilder,
  { head, facts: { temperature } }: ExportModel,
  input: string,
): void {
  const { shape, parameters } = head;
  const kernels = headTensors(shape).filter(({ shape }) => shape.length === 2);
  let x = input;
  kernels.forEach(({ name, shape: size }, i) => {
    const isLast = i === kernels.length - 1;
    const layer = name.split(".")[0]!;
    const weights = toWeights(
      parameters[name]!,
      parameters[`${layer}.bias`]!,
      size,
    );
    x = builder.add("Dense", isLast ? "logits" : layer, [x], {
      units: size[1],
      activation: isLast ? "linear" : shape.activation,
      use_bias: true,
    }, weights);
  });
  if (temperature !== 1) {
    const config = { scale: 1 / temperature, offset: 0 };
    x = builder.add("Rescaling", "temperature", [x], config);
  }
  builder.add("Activation", KERAS_OUTPUT, [x], { activation: "softmax" });
}

/**
 * Lists the layers of a model, in the order in which Keras lists them.
 *
 * @returns The layers; the first is `image`, the last `probabilities`.
 */
export function listKerasLayers(model: ExportModel): KerasLayer[] {
  const { graph, normalization, weights } = model.network;
  const { imageSize } = graph;
  const builder = new KerasBuilder();
  builder.add("InputLayer", KERAS_INPUT, [], {
    batch_input_shape: [null, imageSize, imageSize, 3],
    dtype: "float32",
  });
  const input = addNormalization(builder, normalization);
  const rename = (name: string) => name === "input" ? input : name;
  for (const layer of graph.layers) {
    addLayer(builder, { ...layer, input: rename(layer.input) }, weights);
  }
  addHead(builder, model, graph.layers.at(-1)!.name);
  return orderAsKeras(builder.layers);
}
