/**
 * ResNets as data: everything in which the public ones differ.
 *
 * Source: He et al. 2015, table 1, https://arxiv.org/abs/1512.03385; the
 * variants are those of the published weight files.
 */

/** How the graph of a weight file differs from the others. */
export interface Variant {
  /** Convolution of a block that has the stride: its first 1x1 or its 3x3. */
  strideIn: "conv1" | "conv2";
  /** Unit of a layer that has the stride: the first of layers 2 to 4, or the last of layers 1 to 3. */
  strideUnit: "first" | "last";
  /** Padding of convolutions: as much on both sides, or TensorFlow's SAME. */
  padding: "symmetric" | "same";
  /** Padding of the max pool after the stem. */
  poolPadding: "symmetric" | "same";
  /** Added to the variance by batch norm. */
  epsilon: number;
  /** The same in shortcuts. */
  shortcutEpsilon: number;
  /** Whether convolutions have a bias of their own. */
  bias: boolean;
}

/** Name of a variant. */
export type VariantName = "torchvision" | "keras" | "tf-slim" | "tf-same";

/** torchvision, timm and Hugging Face ("v1.5"). */
const TORCHVISION: Variant = {
  strideIn: "conv2",
  strideUnit: "first",
  padding: "symmetric",
  poolPadding: "symmetric",
  epsilon: 1e-5,
  shortcutEpsilon: 1e-5,
  bias: false,
};

/** The variants, by the files that have them. */
export const VARIANTS: Readonly<Record<VariantName, Variant>> = {
  torchvision: TORCHVISION,
  keras: {
    ...TORCHVISION,
    strideIn: "conv1",
    epsilon: 1.001e-5,
    shortcutEpsilon: 1.001e-5,
    bias: true,
  },
  "tf-slim": { ...TORCHVISION, strideUnit: "last", poolPadding: "same" },
  // The old script's port.
  "tf-same": {
    ...TORCHVISION,
    padding: "same",
    poolPadding: "same",
    shortcutEpsilon: 1.001e-5,
  },
};

/** A ResNet with bottleneck blocks. */
export interface ResNetSpec extends Variant {
  /** Name, such as `ResNet-101`. */
  name: string;
  /** Bottleneck blocks of each layer. */
  blocks: readonly [number, number, number, number];
  /** Channels of the stem, 64 in the published ones; an embedding has 32 times as many. */
  width: number;
}

/** Blocks of the ResNets that differ in nothing else, by depth. */
export const DEPTHS: Readonly<Record<number, ResNetSpec["blocks"]>> = {
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};

/** Channels out of a block, per channel inside. */
export const EXPANSION = 4;

/**
 * Describes a ResNet.
 *
 * @example Usage
 * ```ts
 * resNet("torchvision", { blocks: [3, 4, 23, 3], width: 64 }).name; // "ResNet-101"
 * ```
 */
export function resNet(
  variant: VariantName,
  options: Pick<ResNetSpec, "blocks" | "width">,
): ResNetSpec {
  const { blocks, width } = options;
  const convolutions = blocks.reduce((sum, n) => sum + 3 * n, 0);
  // The stem and the classifier count as layers in the name.
  const name = `ResNet-${convolutions + 2}`;
  return { ...VARIANTS[variant], name, blocks, width };
}

/** Returns the length of an embedding. */
export function embeddingSize(spec: ResNetSpec): number {
  return spec.width * 8 * EXPANSION;
}
