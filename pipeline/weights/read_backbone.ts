/** From the tensors of a weight file to a backbone. */

import type { Tensor } from "../artifact/safetensors.ts";
import { type Backbone, foldWeights } from "../backbone/fold.ts";
import { buildGraph } from "../backbone/graph.ts";
import type { Normalization } from "../image/preprocessing.ts";
import { readResNet, type ReadResNetOptions } from "./read_resnet.ts";

/** How {@linkcode readBackbone} reads a file. */
export interface ReadBackboneOptions extends ReadResNetOptions {
  /** Side of the images, in pixels. */
  imageSize: number;
  /** What the engine does to the pixels. */
  normalization: Normalization;
  /** Whether the tensors may be overwritten, which saves the memory of others where they fill most of one buffer. @default {false} */
  overwrites?: boolean | undefined;
}

/**
 * Makes a backbone of the tensors of a weight file.
 *
 * @returns The backbone; it refers to the tensors only if it has overwritten them.
 * @throws {FormatError} If the tensors are not those of a ResNet.
 */
export function readBackbone(
  tensors: ReadonlyMap<string, Tensor>,
  options: ReadBackboneOptions,
): Backbone {
  const { imageSize, normalization, overwrites } = options;
  const { spec, source } = readResNet(tensors, options);
  const graph = buildGraph(spec, imageSize);
  const weights = foldWeights(graph, source, { overwrites });
  return { graph, weights, normalization };
}
