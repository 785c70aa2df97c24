/**
 * Telling the naming of a file by its tensors.
 *
 * @module
 */

import type { Tensor } from "../../../artifact/safetensors.ts";
import { HUGGINGFACE } from "./huggingface.ts";
import { KERAS } from "./keras.ts";
import type { Naming } from "./naming.ts";
import { PORT } from "./port.ts";
import { TF_SLIM } from "./tf_slim.ts";
import { TORCHVISION } from "./torchvision.ts";

/** The namings, each told from the others by the name of its stem and first block. */
export const NAMINGS: readonly Naming[] = [
  TORCHVISION,
  HUGGINGFACE,
  KERAS,
  TF_SLIM,
  PORT,
];

/**
 * Renames tensors without what frameworks add: `:0` of a TensorFlow output, the
 * attribute of a saved object.
 *
 * @param tensors Tensors by the names of the file.
 * @returns The same tensors by plain names.
 */
export function plainNames(
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const plain = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    plain.set(
      name.replace(/(:0|\/\.ATTRIBUTES\/VARIABLE_VALUE)$/, ""),
      tensor,
    );
  }
  return plain;
}

/**
 * Finds the naming, and what stands before every name.
 *
 * @param tensors Tensors by plain names.
 * @returns The naming and the prefix, or `undefined` if there is no ResNet.
 */
export function findNaming(
  tensors: ReadonlyMap<string, Tensor>,
): { naming: Naming; prefix: string } | undefined {
  for (const naming of NAMINGS) {
    const { weight: stem } = naming.names("stem");
    const { weight: first } = naming.names({ layer: 1, block: 0, part: 1 });
    for (const name of tensors.keys()) {
      if (!name.endsWith(stem)) continue;
      const prefix = name.slice(0, -stem.length);
      const isWhole = prefix === "" || /[./]$/.test(prefix);
      if (isWhole && tensors.has(prefix + first)) return { naming, prefix };
    }
  }
  return undefined;
}
