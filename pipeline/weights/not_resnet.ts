/**
 * Saying what a weight file is when it is no ResNet with bottleneck blocks.
 *
 * @module
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { FormatError } from "../errors.ts";
import { recognizeArchitecture } from "./architectures.ts";
import { NAMINGS } from "./naming/find_naming.ts";
import type { Naming } from "./naming/naming.ts";

/**
 * Recognizes ResNets whose blocks are wider inside, under the same names.
 *
 * @param tensors Tensors by plain names.
 * @returns What it is, with an article, or `undefined`.
 */
export function describeWider(
  tensors: ReadonlyMap<string, Tensor>,
  found: { naming: Naming; prefix: string; width: number },
): string | undefined {
  const { naming, prefix, width } = found;
  const place = { layer: 1, block: 0, part: 2 };
  const { weight } = naming.names(place);
  const shape = tensors.get(prefix + weight)?.shape ?? [];
  const [out = 0, inside = 0] = naming.layout === "OIHW"
    ? shape
    : [shape[3], shape[2]];
  if (out === width || shape.length !== 4) return undefined;
  return inside < out ? "a ResNeXt" : "a wide ResNet";
}

/**
 * Says that a file is no ResNet, and what it is if that is known.
 *
 * @param tensors Tensors by plain names.
 */
export function notResNet(
  tensors: ReadonlyMap<string, Tensor>,
  path: string,
  architecture = recognizeArchitecture(tensors.keys()),
): FormatError {
  const [first = "none"] = tensors.keys();
  const found = architecture
    ? `it is ${architecture}`
    : `its first tensor of ${tensors.size} is "${first}"`;
  return new FormatError(
    `Cannot use "${path}" as a backbone as it must be a ResNet-50, -101 or -152 under the names of ${
      NAMINGS.map(({ title }) => title).join(", ")
    }: ${found}`,
    { path },
  );
}
