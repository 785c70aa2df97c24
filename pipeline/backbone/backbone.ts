/**
 * A frozen backbone, ready for any engine: graph, folded weights, normalization.
 *
 * @module
 */

import { decodeSafetensors } from "../artifact/safetensors.ts";
import type { Normalization } from "../image/preprocessing.ts";
import { type FoldedWeights, foldWeights } from "./fold.ts";
import { buildGraph } from "./graph.ts";
import type { Graph } from "./layers.ts";
import type { VariantName } from "./spec.ts";
import { readTorchvision } from "./weights/torchvision.ts";

/** What an engine needs to embed images. Plain data, which can be sent to a worker. */
export interface Backbone {
  /** The layers. */
  graph: Graph;
  /** Weights of the convolutions, batch norm folded in. */
  weights: FoldedWeights;
  /** What the engine does to the pixels. */
  normalization: Normalization;
}

/** How {@linkcode readBackbone} reads a file. */
export interface ReadBackboneOptions {
  /** Name of the file, for errors. */
  path: string;
  /** Side of the images, in pixels. */
  imageSize: number;
  /** What the engine does to the pixels. */
  normalization: Normalization;
  /**
   * Variant of the graph.
   *
   * @default {"torchvision"}
   */
  variant?: VariantName | undefined;
}

/**
 * Reads a backbone from a safetensors file with torchvision's tensor names.
 *
 * @param bytes The bytes of the file.
 * @param options Name of the file, and what is not in it.
 * @returns The backbone; the bytes are not referred to.
 * @throws {FormatError} If the file is not safetensors, or not a ResNet.
 */
export function readBackbone(
  bytes: Uint8Array,
  options: ReadBackboneOptions,
): Backbone {
  const { path, imageSize, normalization, variant } = options;
  const file = decodeSafetensors(bytes, path);
  const { spec, source } = readTorchvision(file, { path, variant });
  const graph = buildGraph(spec, imageSize);
  return { graph, weights: foldWeights(graph, source), normalization };
}
