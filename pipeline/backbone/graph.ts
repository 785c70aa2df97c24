/** Building the graph of a ResNet from its description. */

import type { ConvLayer, Graph, Layer, Padding, PoolLayer } from "./layers.ts";
import { EXPANSION, type ResNetSpec } from "./spec.ts";

/** Zeros around an input of side `size`, so that the output is `ceil(size / stride)` wide where `size` is even. */
function padFor(
  rule: "symmetric" | "same",
  window: { kernel: number; stride: number; size: number },
): Padding {
  const { kernel, stride, size } = window;
  if (rule === "symmetric") {
    const side = Math.floor((kernel - 1) / 2);
    return { top: side, bottom: side, left: side, right: side };
  }
  // TensorFlow's SAME: as few as needed, the odd one after.
  const out = Math.ceil(size / stride);
  const all = Math.max(0, (out - 1) * stride + kernel - size);
  const before = Math.floor(all / 2);
  const after = all - before;
  return { top: before, bottom: after, left: before, right: after };
}

/** Side of the output of a window that slides over a padded input. */
function outputSize(
  size: number,
  window: { kernel: number; stride: number; padding: Padding },
): number {
  const { kernel, stride, padding: { top, bottom } } = window;
  return Math.floor((size + top + bottom - kernel) / stride) + 1;
}

/** Collects layers, with the size and channels of each output. */
class GraphBuilder {
  readonly layers: Layer[] = [];
  readonly #outputs = new Map<string, { size: number; channels: number }>();
  readonly #spec: ResNetSpec;

  constructor(spec: ResNetSpec, imageSize: number) {
    this.#spec = spec;
    this.#outputs.set("input", { size: imageSize, channels: 3 });
  }

  /** Adds a layer and returns its name. */
  #push(layer: Layer): string {
    this.layers.push(layer);
    const { name, size, outChannels: channels } = layer;
    this.#outputs.set(name, { size, channels });
    return name;
  }

  conv(
    options:
      & Pick<
        ConvLayer,
        "name" | "norm" | "input" | "kernel" | "stride" | "outChannels" | "relu"
      >
      & { add?: string; isShortcut?: boolean },
  ): string {
    const { isShortcut, ...rest } = options;
    const { size, channels } = this.#outputs.get(rest.input)!;
    const { epsilon, shortcutEpsilon } = this.#spec;
    const padding = padFor(this.#spec.padding, { ...rest, size });
    return this.#push({
      kind: "conv",
      ...rest,
      padding,
      inChannels: channels,
      size: outputSize(size, { ...rest, padding }),
      epsilon: isShortcut ? shortcutEpsilon : epsilon,
    });
  }

  maxPool(
    options: Pick<PoolLayer, "name" | "input" | "kernel" | "stride">,
  ): string {
    const { size, channels: outChannels } = this.#outputs.get(options.input)!;
    const padding = padFor(this.#spec.poolPadding, { ...options, size });
    const out = outputSize(size, { ...options, padding });
    return this.#push({
      kind: "maxpool",
      ...options,
      padding,
      outChannels,
      size: out,
    });
  }

  /** Adds a bottleneck block: 1x1, 3x3, 1x1, and the shortcut around them. */
  block(
    prefix: string,
    input: string,
    options: { channels: number; stride: number; project: boolean },
  ): string {
    const { channels, stride } = options;
    const { strideIn } = this.#spec;
    const shortcut = this.#shortcut(prefix, input, options);
    const first = this.conv({
      name: `${prefix}.conv1`,
      norm: `${prefix}.bn1`,
      input,
      kernel: 1,
      stride: strideIn === "conv1" ? stride : 1,
      outChannels: channels,
      relu: true,
    });
    const second = this.conv({
      name: `${prefix}.conv2`,
      norm: `${prefix}.bn2`,
      input: first,
      kernel: 3,
      stride: strideIn === "conv2" ? stride : 1,
      outChannels: channels,
      relu: true,
    });
    return this.conv({
      name: `${prefix}.conv3`,
      norm: `${prefix}.bn3`,
      input: second,
      add: shortcut,
      kernel: 1,
      stride: 1,
      outChannels: channels * EXPANSION,
      relu: true,
    });
  }

  /** Adds the shortcut of a block: a projection, every second pixel, or nothing. */
  #shortcut(
    prefix: string,
    input: string,
    options: { channels: number; stride: number; project: boolean },
  ): string {
    const { channels, stride, project } = options;
    if (project) {
      return this.conv({
        name: `${prefix}.downsample.0`,
        norm: `${prefix}.downsample.1`,
        input,
        kernel: 1,
        stride,
        outChannels: channels * EXPANSION,
        relu: false,
        isShortcut: true,
      });
    }
    return stride === 1
      ? input
      : this.maxPool({ name: `${prefix}.subsample`, input, kernel: 1, stride });
  }

  /** Adds the mean over all pixels. */
  globalPool(input: string): void {
    const { channels: outChannels } = this.#outputs.get(input)!;
    this.#push({
      kind: "avgpool",
      name: "avgpool",
      input,
      outChannels,
      size: 1,
    });
  }
}

/**
 * Builds the graph of a ResNet.
 *
 * @param imageSize Side of the image, in pixels.
 * @returns The layers, each after those it reads; the last is the embedding.
 */
export function buildGraph(spec: ResNetSpec, imageSize: number): Graph {
  const { blocks, width, strideUnit } = spec;
  const builder = new GraphBuilder(spec, imageSize);
  const stem = builder.conv({
    name: "conv1",
    norm: "bn1",
    input: "input",
    kernel: 7,
    stride: 2,
    outChannels: width,
    relu: true,
  });
  let x = builder.maxPool({
    name: "maxpool",
    input: stem,
    kernel: 3,
    stride: 2,
  });
  blocks.forEach((count, layer) => {
    // Layer 1 follows the pool and keeps its size; where the last unit has the
    // stride, it is layer 4 that keeps it.
    const unstrided = strideUnit === "first" ? 0 : blocks.length - 1;
    const strided = strideUnit === "first" ? 0 : count - 1;
    for (let unit = 0; unit < count; unit++) {
      x = builder.block(`layer${layer + 1}.${unit}`, x, {
        channels: width * 2 ** layer,
        stride: layer !== unstrided && unit === strided ? 2 : 1,
        project: unit === 0,
      });
    }
  });
  builder.globalPool(x);
  return { spec, imageSize, layers: builder.layers };
}
