/**
 * Folding batch norm: a frozen normalization becomes part of the convolution
 * before it.
 *
 * `gamma (w x + b - mean) / sqrt(var + eps) + beta` is a convolution again, with
 * `w' = w gamma / sqrt(var + eps)` and
 * `b' = (b - mean) gamma / sqrt(var + eps) + beta`. Computed in 64 bits, stored
 * in 32.
 *
 * Source: Ioffe and Szegedy 2015, section 3.1, https://arxiv.org/abs/1502.03167.
 */

import { toOihw } from "./kernel_order.ts";
import { type ConvLayer, type Graph, outputLength } from "./layers.ts";
import { rangeNames, type Ranges } from "./ranges.ts";
import type { Normalization } from "../image/preprocessing.ts";

/** Weights of a convolution and of its batch norm, as files hold them. */
export interface ConvWeights {
  /** Order of the dimensions of `weight`. @default {"OIHW"} */
  layout?: "OIHW" | "HWIO" | undefined;
  /** F32 `[out, in, kernel, kernel]`, or `[kernel, kernel, in, out]` by the layout. */
  weight: Float32Array;
  /** F32 `[out]`, or absent. */
  bias?: Float32Array | undefined;
  /** Batch norm's scale, F32 `[out]`. */
  gamma: Float32Array;
  /** Batch norm's shift, F32 `[out]`. */
  beta: Float32Array;
  /** Batch norm's running mean, F32 `[out]`. */
  mean: Float32Array;
  /** Batch norm's running variance, F32 `[out]`. */
  variance: Float32Array;
  /** Throws what is wrong with folded numbers that are not finite; `isOwn` where those of `weight` are not either. @default accepts them */
  refuse?: ((isOwn: boolean) => never) | undefined;
}

/** Returns the weights of a convolution. */
export type WeightSource = (layer: ConvLayer) => ConvWeights;

/** A convolution with its batch norm folded in. */
export interface FoldedConv {
  /** F32 `[out, in, kernel, kernel]`. */
  weight: Float32Array;
  /** F32 `[out]`. */
  bias: Float32Array;
}

/** Position of a folded convolution in {@linkcode FoldedWeights.values}. */
interface FoldedEntry {
  /** First element of the kernel. */
  weight: number;
  /** First element of the bias. */
  bias: number;
}

/** Folded weights of a whole graph in one array, which is handed to a worker at once. */
export interface FoldedWeights {
  /** All numbers, F32; between them there may be others. */
  values: Float32Array<ArrayBuffer>;
  /** Position of each convolution, by its name. */
  entries: Record<string, FoldedEntry>;
}

/**
 * Share of a buffer that weights must fill to be folded there: its other tensors, such as
 * the state of an optimizer, stay in memory with them, and are copied with them.
 */
const FILLED_SHARE = 3 / 4;

/** Number of elements of a kernel. */
function kernelSize(layer: ConvLayer): number {
  return layer.kernel ** 2 * layer.inChannels * layer.outChannels;
}

/**
 * Folds one convolution into `weight` `[out, in, kernel, kernel]` and `bias` `[out]`.
 *
 * Numbers that are not finite are noticed on the way, which takes no time: zero times
 * one of them is no zero. To look at all of them before took a fifth of the time.
 *
 * @param target May be the memory of `weight` and `gamma` of the source.
 */
function foldConv(
  layer: ConvLayer,
  source: ConvWeights,
  target: FoldedConv,
): void {
  const { outChannels, epsilon } = layer;
  const weight = source.layout === "HWIO"
    ? toOihw(source.weight, layer)
    : source.weight;
  const size = weight.length / outChannels;
  const { weight: folded } = target;
  let zero = 0;
  let own = 0;
  for (let o = 0; o < outChannels; o++) {
    const scale = source.gamma[o]! / Math.sqrt(source.variance[o]! + epsilon);
    const bias = source.bias?.[o] ?? 0;
    target.bias[o] = (bias - source.mean[o]!) * scale + source.beta[o]!;
    zero *= target.bias[o]!;
    const end = (o + 1) * size;
    for (let i = o * size; i < end; i++) {
      const value = weight[i]!;
      own *= value;
      folded[i] = value * scale;
      zero *= folded[i]!;
    }
  }
  if (zero !== 0 || own !== 0) source.refuse?.(own !== 0);
}

/**
 * Places folded weights where those of a file are: a kernel in its own place, its bias
 * in that of `gamma`.
 *
 * @returns The places; `undefined` unless all lie in one buffer, fill most of it, and no two share bytes.
 */
function placeInFile(
  layers: readonly ConvLayer[],
  source: WeightSource,
): FoldedWeights | undefined {
  const entries: Record<string, FoldedEntry> = {};
  const parts: Float32Array[] = [];
  for (const layer of layers) {
    const { layout, refuse: _, ...arrays } = source(layer);
    const { weight, gamma } = arrays;
    parts.push(...Object.values(arrays).filter((array) => array !== undefined));
    // At the first layer, if tensors were copied to become F32.
    const isTogether = parts.every(({ buffer }) => buffer === weight.buffer);
    if (layout === "HWIO" || !isTogether) return undefined;
    entries[layer.name] = {
      weight: weight.byteOffset / weight.BYTES_PER_ELEMENT,
      bias: gamma.byteOffset / gamma.BYTES_PER_ELEMENT,
    };
  }
  let [end, filled] = [0, 0];
  for (const part of parts.sort((a, b) => a.byteOffset - b.byteOffset)) {
    if (part.byteOffset < end) return undefined;
    end = part.byteOffset + part.byteLength;
    filled += part.byteLength;
  }
  const buffer = parts[0]!.buffer as ArrayBuffer;
  if (filled < buffer.byteLength * FILLED_SHARE) return undefined;
  const length = Math.floor(buffer.byteLength / Float32Array.BYTES_PER_ELEMENT);
  return { values: new Float32Array(buffer, 0, length), entries };
}

/**
 * Folds every convolution of a graph.
 *
 * @param options Whether the weights of the source may be overwritten, where that saves the memory of others. @default {{ overwrites: false }}
 */
export function foldWeights(
  graph: Graph,
  source: WeightSource,
  { overwrites = false }: { overwrites?: boolean | undefined } = {},
): FoldedWeights {
  const layers = graph.layers.filter((layer) => layer.kind === "conv");
  const folded = overwrites && placeInFile(layers, source) ||
    placeAnew(layers);
  for (const layer of layers) {
    foldConv(layer, source(layer), foldedConv(folded, layer));
  }
  return folded;
}

/** Makes room for folded weights. */
function placeAnew(layers: readonly ConvLayer[]): FoldedWeights {
  const entries: Record<string, FoldedEntry> = {};
  let length = 0;
  for (const layer of layers) {
    const bias = length + kernelSize(layer);
    entries[layer.name] = { weight: length, bias };
    length = bias + layer.outChannels;
  }
  return { values: new Float32Array(length), entries };
}

/** Returns the folded weights of one convolution, without a copy. */
export function foldedConv(
  weights: FoldedWeights,
  layer: ConvLayer,
): FoldedConv {
  const { weight, bias } = weights.entries[layer.name]!;
  return {
    weight: weights.values.subarray(weight, weight + kernelSize(layer)),
    bias: weights.values.subarray(bias, bias + layer.outChannels),
  };
}

/** A frozen backbone for any engine: graph, weights, normalization. Plain data, which can be sent to a worker. */
export interface Backbone {
  graph: Graph;
  /** Weights of the convolutions, batch norm folded in. */
  weights: FoldedWeights;
  /** Channel order, means and standard deviations of the pixels. */
  normalization: Normalization;
  /** Whether `webgpu` computes it in half precision, with sums in F32. @default {false} */
  half?: boolean | undefined;
  /** Ranges of its activations, where it is computed in integers of 8 bits. @default F32 */
  ranges?: Ranges | undefined;
  /** Whether least and largest value of each activation follow an embedding. @default {false} */
  measures?: boolean | undefined;
}

/** Counts the numbers that a backbone makes of a view of an image. */
export function rowLength(
  { graph, measures }: Pick<Backbone, "graph" | "measures">,
): number {
  const extremes = measures ? 2 * rangeNames(graph).length : 0;
  return outputLength(graph) + extremes;
}
