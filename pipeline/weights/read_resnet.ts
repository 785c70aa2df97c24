/**
 * Recognizing a ResNet among the tensors of a file, whatever its naming.
 *
 * The tensors say what the network is: the naming by the name of the stem, the
 * width by its shape, and blocks are counted.
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { convertToFloat32 } from "../artifact/tensor.ts";
import { FormatError } from "../errors.ts";
import type { ConvWeights, WeightSource } from "../backbone/fold.ts";
import type { ConvLayer } from "../backbone/layers.ts";
import { resNet, type ResNetSpec, type VariantName } from "../backbone/spec.ts";
import { findNaming, plainNames } from "./naming/find_naming.ts";
import { type Naming, placeOf } from "./naming/naming.ts";
import { BASIC, describeWider, notResNet } from "./not_resnet.ts";
import { requireTensors } from "./require_tensors.ts";

/** Most blocks of a layer that are counted: ResNet-152 has 36. */
const MAX_BLOCKS = 256;

/** Most channels of a stem: the published ones have 64. */
const MAX_WIDTH = 1024;

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
  /** Prefix of their names. */
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

/** Counts the blocks of each layer, up to the last that has any tensor, so that a missing block is found. */
function countBlocks(
  tensors: ReadonlyMap<string, Tensor>,
  naming: Naming,
  prefix: string,
): ResNetSpec["blocks"] {
  const isThere = (layer: number, block: number) =>
    [0, 1, 2, 3].some((part) =>
      Object.values(naming.names({ layer, block, part }))
        .some((name) => tensors.has(prefix + name))
    );
  const count = (layer: number) => {
    let blocks = MAX_BLOCKS;
    while (blocks > 0 && !isThere(layer, blocks - 1)) blocks--;
    return blocks;
  };
  return [count(1), count(2), count(3), count(4)];
}

/**
 * Recognizes a ResNet with bottleneck blocks.
 *
 * @returns The network and its weights, without a copy where they are F32.
 * @throws {FormatError} If there is no such ResNet, or a tensor is missing or of the wrong shape or dtype.
 */
export function readResNet(
  file: ReadonlyMap<string, Tensor>,
  options: ReadResNetOptions,
): ResNetWeights {
  const { path } = options;
  const tensors = plainNames(file, path);
  const found = findNaming(tensors, path);
  if (found === undefined) throw notResNet(tensors, path);
  const { naming, prefix } = found;
  const stem = tensors.get(prefix + naming.names("stem").weight)!;
  const blocks = countBlocks(tensors, naming, prefix);
  const width = stem.shape[naming.layout === "OIHW" ? 0 : 3] ?? 0;
  const wider = describeWider(tensors, { naming, prefix, width });
  if (wider) throw notResNet(tensors, path, wider);
  const isStem = stem.shape.length === 4 && width > 0 && width <= MAX_WIDTH;
  const third = naming.names({ layer: 1, block: 0, part: 3 }).weight;
  if (!tensors.has(prefix + third)) throw notResNet(tensors, path, BASIC);
  if (!isStem || blocks.includes(0)) throw notResNet(tensors, path);
  const { variant = naming.variant } = options;
  const spec = resNet(variant, { blocks, width });
  const used = requireTensors(tensors, { naming, prefix, spec }, path);
  const convert = (name: string) =>
    convertToFloat32(tensors.get(prefix + name)!, prefix + name, path);
  const refuse = (name: string, more = ""): never => {
    throw new FormatError(
      `Cannot use "${path}" as weights as tensor "${
        prefix + name
      }"${more} must be finite: it is not`,
      { path },
    );
  };
  const read = (name: string) => {
    const numbers = convert(name);
    return numbers.every(Number.isFinite) ? numbers : refuse(name);
  };
  const source = (layer: ConvLayer): ConvWeights => {
    const names = naming.names(placeOf(layer.name));
    return {
      layout: naming.layout,
      weight: convert(names.weight),
      refuse: (isOwn) =>
        refuse(names.weight, isOwn ? "" : " with its batch norm folded in"),
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
