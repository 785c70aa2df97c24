/**
 * Recognizing a ResNet among the tensors of a file, whatever its naming.
 *
 * The tensors say what the network is: the naming by the name of the stem, the
 * width by its shape, and blocks are counted.
 *
 * @module
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { convertToFloat32 } from "../../artifact/tensor.ts";
import { FormatError } from "../../errors.ts";
import type { ConvWeights, WeightSource } from "../fold.ts";
import { buildGraph } from "../graph.ts";
import type { ConvLayer } from "../layers.ts";
import { resNet, type ResNetSpec, type VariantName } from "../spec.ts";
import { recognizeArchitecture } from "./architectures.ts";
import { findNaming, NAMINGS, plainNames } from "./naming/find_naming.ts";
import { type ConvNames, type Naming, placeOf } from "./naming/naming.ts";

/** Most blocks of a layer that are counted: ResNet-152 has 36. */
const MAX_BLOCKS = 256;

/** Most channels of a stem: the published ones have 64. */
const MAX_WIDTH = 1024;

/** Side of an image for which a graph is built only to list its layers. */
const ANY_IMAGE_SIZE = 32;

/** A classifier that comes with a backbone, and is not used. */
export interface Classifier {
  /** Name of its kernel. */
  name: string;
  /** Number of classes. */
  classes: number;
}

/** A ResNet that was recognized. */
export interface ResNetWeights {
  /** The network. */
  spec: ResNetSpec;
  /** Name of the variant of its graph. */
  variant: VariantName;
  /** How its tensors are called. */
  naming: Naming;
  /** What stands before their names. */
  prefix: string;
  /** Gives the weights of a convolution. */
  source: WeightSource;
  /** The classifier in the file, if there is one. */
  classifier: Classifier | undefined;
  /** Tensors of the file that are not used, bookkeeping and the classifier left out. */
  unused: string[];
}

/** How {@linkcode readResNet} reads. */
export interface ReadResNetOptions {
  /** Name of the file, for errors. */
  path: string;
  /** Variant of the graph, where it is not that of the naming. */
  variant?: VariantName | undefined;
}

/** Counts the blocks of each layer. */
function countBlocks(
  tensors: ReadonlyMap<string, Tensor>,
  naming: Naming,
  prefix: string,
): ResNetSpec["blocks"] {
  const count = (layer: number) => {
    let block = 0;
    const name = () => naming.names({ layer, block, part: 1 }).weight;
    while (block < MAX_BLOCKS && tensors.has(prefix + name())) block++;
    return block;
  };
  return [count(1), count(2), count(3), count(4)];
}

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
interface Found {
  naming: Naming;
  prefix: string;
  spec: ResNetSpec;
}

/** Throws if a tensor of the network is missing or has another shape; returns the names of all. */
function requireTensors(
  tensors: ReadonlyMap<string, Tensor>,
  found: Found,
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
      }
    }
  }
  if (problems.length === 0) return used;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  throw new FormatError(
    `Cannot use "${path}" as weights of ${spec.name} as ${problems[0]}${more}`,
    { path },
  );
}

/** Recognizes ResNets whose blocks are wider inside, under the same names. */
function describeWider(
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

/** Says that a file is no ResNet, and what it is if that is known. */
function notResNet(
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

/**
 * Recognizes a ResNet with bottleneck blocks.
 *
 * @param file The tensors of a file, by the names it has for them.
 * @param options Name of the file, and the variant of the graph.
 * @returns The network and its weights, without a copy where they are F32.
 * @throws {FormatError} If there is no such ResNet, or a tensor is missing or of the wrong shape or dtype.
 */
export function readResNet(
  file: ReadonlyMap<string, Tensor>,
  options: ReadResNetOptions,
): ResNetWeights {
  const { path } = options;
  const tensors = plainNames(file);
  const found = findNaming(tensors);
  if (found === undefined) throw notResNet(tensors, path);
  const { naming, prefix } = found;
  const stem = tensors.get(prefix + naming.names("stem").weight)!;
  const blocks = countBlocks(tensors, naming, prefix);
  const width = stem.shape[naming.layout === "OIHW" ? 0 : 3] ?? 0;
  const wider = describeWider(tensors, { naming, prefix, width });
  if (wider) throw notResNet(tensors, path, wider);
  const isStem = stem.shape.length === 4 && width > 0 && width <= MAX_WIDTH;
  const isBasic = recognizeArchitecture(tensors.keys()) !== undefined;
  if (!isStem || isBasic || blocks.includes(0)) throw notResNet(tensors, path);
  const { variant = naming.variant } = options;
  const spec = resNet(variant, { blocks, width });
  const used = requireTensors(tensors, { naming, prefix, spec }, path);
  const read = (name: string) => {
    const tensor = tensors.get(prefix + name)!;
    return convertToFloat32(tensor, prefix + name, path);
  };
  const source = (layer: ConvLayer): ConvWeights => {
    const names = naming.names(placeOf(layer.name));
    return {
      layout: naming.layout,
      weight: read(names.weight),
      bias: spec.bias ? read(names.bias) : undefined,
      gamma: read(names.gamma),
      beta: read(names.beta),
      mean: read(names.mean),
      variance: read(names.variance),
    };
  };
  const classifier = findClassifier(tensors, naming, prefix);
  const unused = [...tensors.keys()].filter((name) =>
    !used.has(name) && !naming.bookkeeping.test(name) &&
    classifier?.name.replace(/[^./]+$/, "") !== name.replace(/[^./]+$/, "")
  );
  return { spec, variant, naming, prefix, source, classifier, unused };
}

/** Finds the classifier; the last dimension of a kernel in TensorFlow is that of the classes, the first in PyTorch. */
function findClassifier(
  tensors: ReadonlyMap<string, Tensor>,
  naming: Naming,
  prefix: string,
): Classifier | undefined {
  const names = naming.classifiers.flatMap((name) => [prefix + name, name]);
  const name = names.find((name) => tensors.has(name));
  if (name === undefined) return undefined;
  const { shape } = tensors.get(name)!;
  const classes = naming.layout === "OIHW" ? shape[0] : shape.at(-1);
  return { name, classes: classes ?? 0 };
}
