/**
 * Names of torchvision, which timm has too: `layer3.22.conv2.weight`.
 *
 * Source: https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py.
 *
 * @module
 */

import type { ConvNames, Naming } from "./naming.ts";

/** Names of a convolution and of its batch norm. */
function names(conv: string, norm: string): ConvNames {
  return {
    weight: `${conv}.weight`,
    bias: `${conv}.bias`,
    gamma: `${norm}.weight`,
    beta: `${norm}.bias`,
    mean: `${norm}.running_mean`,
    variance: `${norm}.running_var`,
  };
}

/** The naming. */
export const TORCHVISION: Naming = {
  name: "torchvision",
  title: "torchvision, timm",
  layout: "OIHW",
  variant: "torchvision",
  profile: "torch",
  names(place) {
    if (place === "stem") return names("conv1", "bn1");
    const { layer, block, part } = place;
    const prefix = `layer${layer}.${block}`;
    return part === 0
      ? names(`${prefix}.downsample.0`, `${prefix}.downsample.1`)
      : names(`${prefix}.conv${part}`, `${prefix}.bn${part}`);
  },
  classifiers: ["fc.weight"],
  scope: /^(conv1\.|bn1\.|layer[1-4]\.\d+\.)/,
  bookkeeping: /\.num_batches_tracked$/,
};
