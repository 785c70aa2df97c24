/**
 * Backbones and comparisons for the tests of `backbone/`.
 *
 * @module
 */

import { assertLessOrEqual } from "@std/assert";
import {
  decodeSafetensors,
  type SafetensorsFile,
} from "../../pipeline/artifact/safetensors.ts";
import { toFloat32 } from "../../pipeline/artifact/tensor.ts";
import { type Backbone, foldWeights } from "../../pipeline/backbone/fold.ts";
import { formulaWeights } from "../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import {
  DEPTHS,
  resNet,
  type VariantName,
  VARIANTS,
} from "../../pipeline/backbone/spec.ts";
import {
  type Normalization,
  PROFILES,
} from "../../pipeline/image/preprocessing.ts";
import { readBackbone } from "../../pipeline/weights/mod.ts";
import { relativeError } from "../support/assert_all_close.ts";
import { readFixture, readGolden } from "../support/fixtures.ts";

/** Names of the variants. */
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[];

/** How far engines and PyTorch may be apart, as the design promises. */
export const AGREEMENT = 1e-4;

/** Asserts that embeddings agree as well as the design promises. */
export function assertAgree(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): void {
  assertLessOrEqual(relativeError(actual, expected), AGREEMENT);
}

/** The tiny backbone for images of 96 pixels. */
export async function readTiny(): Promise<Backbone> {
  const path = "backbone/resnet101-tiny.safetensors";
  const { normalization } = PROFILES.seed;
  const { tensors } = decodeSafetensors(await readFixture(path), path);
  return readBackbone(tensors, {
    path,
    imageSize: 96,
    normalization,
  });
}

/** A normalization that a network of the formula can be given pixels with. */
const UNIT: Normalization = {
  channels: "rgb",
  mean: [127.5, 127.5, 127.5],
  std: [64, 64, 64],
};

/** A small network of the formula, quick to run. */
export function smallBackbone(): Backbone {
  const spec = resNet("torchvision", { blocks: [1, 1, 1, 1], width: 4 });
  const graph = buildGraph(spec, 32);
  const weights = foldWeights(graph, formulaWeights(spec));
  return { graph, weights, normalization: UNIT };
}

/** A ResNet-101 of the formula. */
export function formulaBackbone(
  variant: VariantName,
  options: { width: number; imageSize: number },
): Backbone {
  const { width, imageSize } = options;
  const spec = resNet(variant, { blocks: DEPTHS[101]!, width });
  const graph = buildGraph(spec, imageSize);
  const weights = foldWeights(graph, formulaWeights(spec));
  return { graph, weights, normalization: UNIT };
}

/** Images that look random, as a function of nothing: U8 `[count, S, S, 3]`. */
export function noise(count: number, imageSize: number): Uint8Array {
  const hash = (_: unknown, i: number) => Math.imul(i + 1, 0x9e3779b1) >>> 24;
  return Uint8Array.from({ length: count * imageSize ** 2 * 3 }, hash);
}

/** Two images and what PyTorch makes of them with the tiny backbone. */
export interface TinyGolden {
  /** U8 `[2, 96, 96, 3]`. */
  images: Uint8Array;
  /** F32 `[2, 2, 256]`: plain and flipped. */
  embedding: Float32Array;
}

/** Reads the golden embeddings of the tiny backbone. */
export async function readTinyGolden(): Promise<TinyGolden> {
  const { tensors } = await readGolden("backbone.safetensors");
  const embedding = float32(tensors, "embedding");
  return { images: tensors.get("input")!.data, embedding };
}

/** Reads a tensor of a file. */
export function float32(
  tensors: SafetensorsFile["tensors"],
  name: string,
): Float32Array {
  return toFloat32(tensors.get(name)!, name);
}
