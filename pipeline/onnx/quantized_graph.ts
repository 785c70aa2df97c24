/**
 * The layers of a backbone in integers of 8 bits.
 *
 * Additions and relus come for nothing: what is less than the lowest level becomes
 * the lowest level, which is 0 after a relu. From the image to the sums of the last pool
 * everything is whole numbers, so that neither threads nor batches change a bit.
 */

import { type Backbone, foldedConv } from "../backbone/fold.ts";
import type { ConvLayer, GlobalPoolLayer, Layer } from "../backbone/layers.ts";
import { beforeAddition, type Ranges } from "../backbone/ranges.ts";
import type { OnnxBuilder } from "./builder.ts";
import { windowAttributes } from "./layouts.ts";
import { levelScale, quantizeConv } from "./quantize.ts";

/** An activation in a model: the names of its levels, their distance and their zero point. */
interface Levels {
  levels: string;
  /** Names of scale and zero point, as operators want them. */
  by: readonly [scale: string, zeroPoint: string];
  scale: number;
}

/** A network that is computed in integers. */
interface QuantizedNetwork extends Pick<Backbone, "graph" | "weights"> {
  ranges: Ranges;
}

/** Adds layers in integers. */
class QuantizedLayers {
  readonly #builder: OnnxBuilder;
  readonly #weights: Backbone["weights"];
  readonly #ranges: Ranges;
  /** Activations by name of their layer. */
  readonly #made = new Map<string, Levels>();

  constructor(builder: OnnxBuilder, { weights, ranges }: QuantizedNetwork) {
    this.#builder = builder;
    this.#weights = weights;
    this.#ranges = ranges;
  }

  /** Adds scale and zero point of an activation, whose levels are to be made. */
  #open(name: string): Levels {
    const range = this.#ranges[name];
    if (range === undefined) {
      throw new RangeError(
        `Cannot compute activation "${name}" in 8 bits as its range must be known: there is none`,
      );
    }
    const { scale, zeroPoint } = levelScale(range);
    const by = [
      this.#builder.constant(`${name}.scale`, Float32Array.of(scale), []),
      this.#builder.constant(`${name}.zero`, Uint8Array.of(zeroPoint), []),
    ] as const;
    return { levels: `${name}.levels`, by, scale };
  }

  /** Adds the levels of the normalized image. */
  addInput(image: string): void {
    const made = this.#open("input");
    this.#builder.node("QuantizeLinear", [image, ...made.by], made.levels);
    this.#made.set("input", made);
  }

  /** Adds a convolution. */
  #convolve(layer: ConvLayer, name: string): Levels {
    const { kernel, inChannels, outChannels } = layer;
    const input = this.#made.get(layer.input)!;
    const { weight, scales, bias } = quantizeConv(
      foldedConv(this.#weights, layer),
      input.scale,
    );
    const shape = [outChannels, inChannels, kernel, kernel];
    const builder = this.#builder;
    const made = this.#open(name);
    const constants = [
      builder.constant(`${layer.name}.weight`, weight, shape),
      builder.constant(`${layer.name}.weight.scale`, scales, [outChannels]),
      builder.constant(
        `${layer.name}.weight.zero`,
        new Int8Array(outChannels),
        [outChannels],
      ),
      ...made.by,
      builder.constant(`${layer.name}.bias`, bias, [outChannels]),
    ];
    builder.node(
      "QLinearConv",
      [input.levels, ...input.by, ...constants],
      made.levels,
      windowAttributes(layer),
    );
    return made;
  }

  /** Adds a convolution, with the addition after it. */
  #addConv(layer: ConvLayer): Levels {
    const { name, add } = layer;
    if (add === undefined) return this.#convolve(layer, name);
    const convolved = this.#convolve(layer, beforeAddition(name));
    const other = this.#made.get(add)!;
    const made = this.#open(name);
    const terms = [convolved, other].flatMap((
      { levels, by },
    ) => [levels, ...by]);
    this.#builder.node("QLinearAdd", [...terms, ...made.by], made.levels);
    return made;
  }

  /** Adds the levels of a layer that ends with a relu, whose zero point is 0, as F32. */
  #addWhole(name: string): string {
    const { levels } = this.#made.get(name)!;
    return this.#builder.node("Cast", [levels], `${name}.whole`, { to: 1 });
  }

  /** Adds the numbers of a layer that ends with a relu, F32 `[n, D, H, W]`, under its name. */
  addNumbers(name: string): void {
    const { by: [scale] } = this.#made.get(name)!;
    this.#builder.node("Mul", [this.#addWhole(name), scale], name);
  }

  /** Adds the last pool: `embeddings`, F32 `[n, D]`. */
  addMean({ name, input }: GlobalPoolLayer): void {
    const builder = this.#builder;
    const { by: [scale] } = this.#made.get(input)!;
    // Sums of whole numbers are exact in F32, in whatever order they are added.
    const pooled = `${name}.mean`;
    builder.node("GlobalAveragePool", [this.#addWhole(input)], pooled);
    builder.node("Flatten", [pooled], `${name}.rows`, { axis: 1 });
    builder.node("Mul", [`${name}.rows`, scale], "embeddings");
  }

  /** Adds a layer; {@linkcode addMean} adds the last pool. */
  addLayer(layer: Exclude<Layer, { kind: "avgpool" }>): void {
    const { name } = layer;
    if (layer.kind === "conv") {
      this.#made.set(name, this.#addConv(layer));
      return;
    }
    const input = this.#made.get(layer.input)!;
    const levels = `${name}.levels`;
    const window = windowAttributes(layer);
    this.#builder.node("MaxPool", [input.levels], levels, window);
    this.#made.set(name, { ...input, levels });
  }
}

/**
 * Adds the layers; the first one reads `input`, F32 `[n, 3, S, S]`.
 *
 * The output has the name it has in floating point: `embeddings`, F32 `[n, D]`, or
 * that of the last layer, F32 `[n, D, H, W]`, where the graph has no pool.
 */
export function addQuantizedLayers(
  builder: OnnxBuilder,
  network: QuantizedNetwork,
): void {
  const layers = new QuantizedLayers(builder, network);
  layers.addInput("input");
  for (const layer of network.graph.layers) {
    if (layer.kind === "avgpool") return layers.addMean(layer);
    layers.addLayer(layer);
  }
  const { name } = network.graph.layers.at(-1)!;
  layers.addNumbers(name);
}
