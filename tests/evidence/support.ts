/**
 * Heads and photos for the tests of `evidence/`, with what PyTorch makes of them.
 *
 * @module
 */

import { toFloat32 } from "../../pipeline/artifact/tensor.ts";
import type { MapHead } from "../../pipeline/evidence/activation_map.ts";
import { type HeadShape, headTensors } from "../../pipeline/head/model.ts";
import { readGolden } from "../support/fixtures.ts";

const { tensors: TENSORS } = await readGolden("maps.safetensors");

/** Shape of each golden head, as in `make_maps.py`. */
const SHAPES: Readonly<Record<string, Partial<HeadShape>>> = {
  single: { hidden: 0 },
  linear: { hidden: 16 },
  relu: { hidden: 16, activation: "relu" },
};

/** Names of the golden heads. */
export const GOLDEN_HEADS: readonly string[] = Object.keys(SHAPES);

/** Ten photos, U8 `[10, 96, 96, 3]`. */
export const GOLDEN_PHOTOS: Uint8Array = TENSORS.get("image")!.data;

/** Reads a golden tensor. */
function golden(name: string): Float32Array {
  return toFloat32(TENSORS.get(name)!, name);
}

/** A golden head on the tiny backbone, its logits F32 `[10, 5]` and its maps F32 `[10, 5, 3, 3]`. */
export function goldenHead(
  name: string,
): MapHead & { logits: Float32Array; maps: Float32Array } {
  const shape: HeadShape = {
    inputs: 256,
    hidden: 0,
    classes: 5,
    activation: "linear",
    ...SHAPES[name],
  };
  const parameters = Object.fromEntries(
    headTensors(shape).map(({ name: part }) => [
      part,
      golden(`${name}/${part}`),
    ]),
  );
  const [logits, maps] = ["logits", "map"]
    .map((part) => golden(`${name}/${part}`));
  return { shape, parameters, logits: logits!, maps: maps! };
}

/** Computes the logits of a head as a reader of its definition would. */
export function logitsOf(
  { shape, parameters }: MapHead,
  features: ArrayLike<number>,
): number[] {
  let x = Array.from(features);
  const relu = shape.activation === "relu";
  const layers = shape.hidden > 0 ? [1, 2] : [1];
  for (const layer of layers) {
    const kernel = parameters[`dense${layer}.kernel`]!;
    const bias = Array.from(parameters[`dense${layer}.bias`]!);
    x = bias.map((b, j) =>
      x.reduce((sum, v, i) => sum + v * kernel[i * bias.length + j]!, b)
    );
    if (relu && layer < layers.length) x = x.map((v) => Math.max(0, v));
  }
  return x;
}
