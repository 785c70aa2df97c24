/**
 * Weights under torchvision's tensor names: `conv1.weight`, `bn1.running_mean`,
 * `layer3.22.conv2.weight`, `layer2.0.downsample.0.weight` …
 *
 * The tensors say what the network is: the width is the first dimension of
 * `conv1.weight`, and blocks are counted by name. `num_batches_tracked` is
 * bookkeeping of training and is ignored; so is a classifier, `fc.*`.
 *
 * @module
 */

import type { SafetensorsFile } from "../../artifact/safetensors.ts";
import { toFloat32 } from "../../artifact/tensor.ts";
import { FormatError } from "../../errors.ts";
import type { ConvWeights, WeightSource } from "../fold.ts";
import { buildGraph } from "../graph.ts";
import type { ConvLayer } from "../layers.ts";
import { resNet, type ResNetSpec, type VariantName } from "../spec.ts";

/** Most blocks of a layer that are counted: ResNet-152 has 36. */
const MAX_BLOCKS = 256;

/** What the tensors of a file are. */
export interface TorchvisionWeights {
  /** The network. */
  spec: ResNetSpec;
  /** Gives the weights of a convolution. */
  source: WeightSource;
  /** Classes of the classifier in the file, or 0 if it has none. */
  classifier: number;
}

/** Shapes of the tensors of a convolution, by name. */
function expectedShapes(
  layer: ConvLayer,
  bias: boolean,
): Record<string, number[]> {
  const { name, norm, kernel, inChannels, outChannels } = layer;
  return {
    [`${name}.weight`]: [outChannels, inChannels, kernel, kernel],
    ...(bias ? { [`${name}.bias`]: [outChannels] } : {}),
    [`${norm}.weight`]: [outChannels],
    [`${norm}.bias`]: [outChannels],
    [`${norm}.running_mean`]: [outChannels],
    [`${norm}.running_var`]: [outChannels],
  };
}

/** Counts the blocks of each layer. */
function countBlocks(
  tensors: SafetensorsFile["tensors"],
): ResNetSpec["blocks"] {
  const count = (layer: number) => {
    let n = 0;
    while (n < MAX_BLOCKS && tensors.has(`layer${layer}.${n}.conv1.weight`)) {
      n++;
    }
    return n;
  };
  return [count(1), count(2), count(3), count(4)];
}

/** Throws if a tensor of the network is missing or has another shape. */
function requireTensors(
  file: SafetensorsFile,
  spec: ResNetSpec,
  path: string,
): void {
  const problems: string[] = [];
  for (const layer of buildGraph(spec, 32).layers) {
    if (layer.kind !== "conv") continue;
    for (
      const [name, shape] of Object.entries(expectedShapes(layer, spec.bias))
    ) {
      const tensor = file.tensors.get(name);
      if (tensor === undefined) {
        problems.push(`tensor "${name}" [${shape}] is missing`);
      } else if (tensor.dtype !== "F32" || `${tensor.shape}` !== `${shape}`) {
        problems.push(
          `tensor "${name}" must be F32 [${shape}]: it is ${tensor.dtype} [${tensor.shape}]`,
        );
      }
    }
  }
  if (problems.length === 0) return;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  throw new FormatError(
    `Cannot use "${path}" as weights of ${spec.name} as ${problems[0]}${more}`,
    { path },
  );
}

/**
 * Recognizes a ResNet under torchvision's names.
 *
 * @param file The tensors of the file.
 * @param options Name of the file, for errors; and the variant of the graph, `torchvision` if not given.
 * @returns The network and its weights, without a copy.
 * @throws {FormatError} If the tensors are not a ResNet with bottleneck blocks, or one is missing or of the wrong shape.
 */
export function readTorchvision(
  file: SafetensorsFile,
  options: { path: string; variant?: VariantName | undefined },
): TorchvisionWeights {
  const { path, variant = "torchvision" } = options;
  const stem = file.tensors.get("conv1.weight");
  const blocks = countBlocks(file.tensors);
  const isStem = stem?.shape.length === 4 && stem.shape[0]! > 0;
  if (!isStem || blocks.includes(0)) {
    const [first = "none"] = file.tensors.keys();
    throw new FormatError(
      `Cannot use "${path}" as a ResNet as it must have tensors under torchvision's names, such as "conv1.weight" and "layer4.0.conv1.weight": its first tensor is "${first}"`,
      { path },
    );
  }
  const spec = resNet(variant, { blocks, width: stem.shape[0]! });
  requireTensors(file, spec, path);
  const read = (name: string) => toFloat32(file.tensors.get(name)!, name);
  const source = ({ name, norm }: ConvLayer): ConvWeights => ({
    weight: read(`${name}.weight`),
    bias: spec.bias ? read(`${name}.bias`) : undefined,
    gamma: read(`${norm}.weight`),
    beta: read(`${norm}.bias`),
    mean: read(`${norm}.running_mean`),
    variance: read(`${norm}.running_var`),
  });
  const classifier = file.tensors.get("fc.weight")?.shape[0] ?? 0;
  return { spec, source, classifier };
}
