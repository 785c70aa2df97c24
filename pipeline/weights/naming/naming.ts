/** Namings: how a family of weight files calls the tensors of a ResNet. */

import type { ProfileName } from "../../image/preprocessing.ts";
import type { VariantName } from "../../backbone/spec.ts";

export type NamingName =
  | "torchvision"
  | "huggingface"
  | "keras"
  | "tf-slim"
  | "port";

/** Position of a convolution in a ResNet. */
export type ConvPlace = "stem" | {
  /** Layer, from 1 to 4. */
  layer: number;
  /** Block in the layer, from 0. */
  block: number;
  /** Convolution in the block: 1 to 3, or 0 for the shortcut. */
  part: number;
};

/** Names of the tensors of a convolution and its batch norm. */
export interface ConvNames {
  /** Kernel. */
  weight: string;
  /** Bias, which only some variants have. */
  bias: string;
  /** Batch norm's scale. */
  gamma: string;
  /** Batch norm's shift. */
  beta: string;
  /** Batch norm's running mean. */
  mean: string;
  /** Batch norm's running variance. */
  variance: string;
}

/** How a family of files calls its tensors. */
export interface Naming {
  name: NamingName;
  /** The families, for people. */
  title: string;
  /** Order of the dimensions of a kernel. */
  layout: "OIHW" | "HWIO";
  /** Graph of the files of the family. */
  variant: VariantName;
  /** Preprocessing of the files of the family. */
  profile: ProfileName;
  /** Returns the names of the tensors of a convolution, without what may stand before them. */
  names: (place: ConvPlace) => ConvNames;
  /** Names of the classifier's kernel. */
  classifiers: readonly string[];
  /** Names of the tensors of the stem and of blocks. */
  scope: RegExp;
  /** Names of tensors that only training needs. */
  bookkeeping: RegExp;
}

/**
 * Finds the place of a convolution by its name in torchvision, by which the
 * graph calls it.
 *
 * @param name Name such as `conv1`, `layer3.22.conv2` or `layer2.0.downsample.0`.
 */
export function placeOf(name: string): ConvPlace {
  const [, layer, block, part] =
    /^layer(\d)\.(\d+)\.(?:conv(\d)|downsample\.0)$/
      .exec(name) ?? [];
  if (layer === undefined) return "stem";
  return {
    layer: Number(layer),
    block: Number(block),
    part: Number(part ?? 0),
  };
}
