/**
 * Checking that the tensors of a file are those of a ResNet, all of them and no
 * others.
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { FormatError } from "../errors.ts";
import { buildGraph } from "../backbone/graph.ts";
import type { ConvLayer } from "../backbone/layers.ts";
import type { ResNetSpec } from "../backbone/spec.ts";
import { type ConvNames, type Naming, placeOf } from "./naming/naming.ts";
import { notResNet, recognizeArchitecture } from "./not_resnet.ts";

/** Element types of weights. */
const FLOATS: ReadonlySet<string> = new Set(["F32", "F16", "BF16", "F64"]);

/** Side of an image for which a graph is built only to list its layers. */
const ANY_IMAGE_SIZE = 32;

/** Shapes of the tensors of a convolution, as the file is to have them. */
function expectedShapes(
  layer: ConvLayer,
  naming: Naming,
): Record<keyof ConvNames, number[]> {
  const { kernel, inChannels, outChannels } = layer;
  const vector = [outChannels];
  return {
    weight: naming.layout === "OIHW"
      ? [outChannels, inChannels, kernel, kernel]
      : [kernel, kernel, inChannels, outChannels],
    bias: vector,
    gamma: vector,
    beta: vector,
    mean: vector,
    variance: vector,
  };
}

/** What {@linkcode requireTensors} has found. */
export interface FoundResNet {
  /** How its tensors are called. */
  naming: Naming;
  /** Prefix of their names. */
  prefix: string;
  /** The network. */
  spec: ResNetSpec;
}

/**
 * Checks that each tensor of the network is there, with its shape and of floats,
 * and that its blocks have no others.
 *
 * @param tensors Tensors by plain names.
 * @throws {FormatError} If not; the first is named, and how many more.
 */
export function requireTensors(
  tensors: ReadonlyMap<string, Tensor>,
  found: FoundResNet,
  path: string,
): Set<string> {
  const { naming, prefix, spec } = found;
  const problems: string[] = [];
  const used = new Set<string>();
  for (const layer of buildGraph(spec, ANY_IMAGE_SIZE).layers) {
    if (layer.kind !== "conv") continue;
    const names = naming.names(placeOf(layer.name));
    for (const [part, shape] of Object.entries(expectedShapes(layer, naming))) {
      if (part === "bias" && !spec.bias) continue;
      const name = prefix + names[part as keyof ConvNames];
      used.add(name);
      const tensor = tensors.get(name);
      if (tensor === undefined) {
        problems.push(`tensor "${name}" [${shape}] is missing`);
      } else if (`${tensor.shape}` !== `${shape}`) {
        problems.push(
          `tensor "${name}" must be [${shape}]: it is [${tensor.shape}]`,
        );
      } else if (!FLOATS.has(tensor.dtype)) {
        problems.push(
          `tensor "${name}" must be F32, F16, BF16 or F64: it is ${tensor.dtype}`,
        );
      }
    }
  }
  const others = [...tensors.keys()].filter((name) =>
    name.startsWith(prefix) && !used.has(name) &&
    naming.scope.test(name.slice(prefix.length)) &&
    !naming.bookkeeping.test(name)
  );
  for (const name of others) {
    problems.push(`tensor "${name}" has no place in its blocks`);
  }
  if (problems.length === 0) return used;
  const architecture = recognizeArchitecture(tensors.keys());
  if (architecture) throw notResNet(tensors, path, architecture);
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  throw new FormatError(
    `Cannot use "${path}" as weights of ${spec.name} as ${problems[0]}${more}`,
    { path },
  );
}
