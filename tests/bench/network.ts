/**
 * The network that is measured: a ResNet-101 with weights of the formula, in a
 * file as torchvision has it.
 *
 * @module
 */

import { join } from "@std/path";
import {
  encodeSafetensors,
  type Tensor,
} from "../../pipeline/artifact/safetensors.ts";
import { formulaWeights } from "../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import type { Graph } from "../../pipeline/backbone/layers.ts";
import { DEPTHS, resNet } from "../../pipeline/backbone/spec.ts";
import type { BenchContext } from "./context.ts";

/** The network of a run. */
export function benchGraph(width: number, imageSize: number): Graph {
  const spec = resNet("torchvision", { blocks: DEPTHS[101]!, width });
  return buildGraph(spec, imageSize);
}

/**
 * Counts the multiplications of the convolutions; with their additions, the
 * floating-point operations are twice as many.
 *
 * Pools, additions and relus are left out: they are less than a hundredth.
 *
 * @param graph The network.
 * @returns Multiplications of one image.
 */
export function countMultiplications(graph: Graph): number {
  const counts = graph.layers.map((layer) =>
    layer.kind === "conv"
      ? layer.size ** 2 * layer.kernel ** 2 * layer.inChannels *
        layer.outChannels
      : 0
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A tensor of numbers. */
function float32(values: Float32Array, shape: number[]): Tensor {
  const { buffer, byteOffset, byteLength } = values;
  const data = new Uint8Array(buffer, byteOffset, byteLength);
  return { dtype: "F32", shape, data };
}

/** Makes the bytes of the weight file, with the names of torchvision. */
export function encodeWeights(graph: Graph): Uint8Array {
  const source = formulaWeights(graph.spec);
  const tensors: Record<string, Tensor> = {};
  for (const layer of graph.layers) {
    if (layer.kind !== "conv") continue;
    const { name, norm, kernel, inChannels, outChannels } = layer;
    const { weight, gamma, beta, mean, variance } = source(layer);
    const shape = [outChannels, inChannels, kernel, kernel];
    tensors[`${name}.weight`] = float32(weight, shape);
    tensors[`${norm}.weight`] = float32(gamma, [outChannels]);
    tensors[`${norm}.bias`] = float32(beta, [outChannels]);
    tensors[`${norm}.running_mean`] = float32(mean, [outChannels]);
    tensors[`${norm}.running_var`] = float32(variance, [outChannels]);
  }
  return encodeSafetensors(tensors);
}

/**
 * Writes the weight file of a run, once.
 *
 * @param context The run.
 * @returns Absolute path of the file.
 */
export function writeWeights(context: BenchContext): Promise<string> {
  const { width, imageSize, directory } = context;
  return context.once("weights", async () => {
    const path = join(directory, `resnet101-${width}.safetensors`);
    await Deno.writeFile(path, encodeWeights(benchGraph(width, imageSize)));
    return path;
  });
}
