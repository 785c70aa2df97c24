/** Telling the naming of a file by its tensors. */

import type { Tensor } from "../../artifact/safetensors.ts";
import { FormatError } from "../../errors.ts";
import type { Naming } from "./naming.ts";
import { HUGGINGFACE, TORCHVISION } from "./pytorch.ts";
import { KERAS, PORT, TF_SLIM } from "./tensorflow.ts";

/** The namings. The names of the stem and of the first block differ in each. */
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
 * @throws {FormatError} If two tensors have the same plain name.
 */
export function plainNames(
  tensors: ReadonlyMap<string, Tensor>,
  path: string,
): Map<string, Tensor> {
  const plain = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const short = name.replace(/(:0|\/\.ATTRIBUTES\/VARIABLE_VALUE)$/, "");
    if (plain.has(short)) {
      throw new FormatError(
        `Cannot use "${path}" as weights as each tensor must be there once: "${short}" is there twice`,
        { path },
      );
    }
    plain.set(short, tensor);
  }
  return plain;
}

/** Whether a network begins under a naming and a prefix: copies of kernels that an optimizer keeps have no batch norm. */
function begins(
  tensors: ReadonlyMap<string, Tensor>,
  naming: Naming,
  prefix: string,
): boolean {
  const stem = naming.names("stem");
  const first = naming.names({ layer: 1, block: 0, part: 1 });
  return [stem.weight, stem.variance, first.weight, first.variance]
    .every((name) => tensors.has(prefix + name));
}

/**
 * Finds the naming, and the prefix of every name.
 *
 * @param tensors Tensors by plain names.
 * @returns The naming and the prefix, or `undefined` if there is no ResNet.
 * @throws {FormatError} If there are several networks.
 */
export function findNaming(
  tensors: ReadonlyMap<string, Tensor>,
  path: string,
): { naming: Naming; prefix: string } | undefined {
  for (const naming of NAMINGS) {
    const { weight: stem } = naming.names("stem");
    const prefixes = [...tensors.keys()]
      .filter((name) => name.endsWith(stem))
      .map((name) => name.slice(0, -stem.length))
      .filter((prefix) => prefix === "" || /[./]$/.test(prefix))
      .filter((prefix) => begins(tensors, naming, prefix));
    if (prefixes.length > 1) {
      const names = prefixes.map((prefix) => `"${prefix}"`).join(" and ");
      throw new FormatError(
        `Cannot use "${path}" as weights as it must hold one network: there are several, under ${names}`,
        { path },
      );
    }
    if (prefixes.length === 1) return { naming, prefix: prefixes[0]! };
  }
  return undefined;
}
