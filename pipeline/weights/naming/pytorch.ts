/** Namings of files of PyTorch. */

import type { ConvNames, Naming } from "./naming.ts";

/** Names of a convolution and of its batch norm. */
function torchNames(conv: string, norm: string): ConvNames {
  return {
    weight: `${conv}.weight`,
    bias: `${conv}.bias`,
    gamma: `${norm}.weight`,
    beta: `${norm}.bias`,
    mean: `${norm}.running_mean`,
    variance: `${norm}.running_var`,
  };
}

/**
 * torchvision, and timm: `layer3.22.conv2.weight`.
 *
 * Source: https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py.
 */
export const TORCHVISION: Naming = {
  name: "torchvision",
  title: "torchvision, timm",
  layout: "OIHW",
  variant: "torchvision",
  profile: "torch",
  names(place) {
    if (place === "stem") return torchNames("conv1", "bn1");
    const { layer, block, part } = place;
    const prefix = `layer${layer}.${block}`;
    return part === 0
      ? torchNames(`${prefix}.downsample.0`, `${prefix}.downsample.1`)
      : torchNames(`${prefix}.conv${part}`, `${prefix}.bn${part}`);
  },
  classifiers: ["fc.weight"],
  scope: /^(conv1\.|bn1\.|layer[1-4]\.\d+\.)/,
  bookkeeping: /\.num_batches_tracked$/,
};

/**
 * Hugging Face's `ResNetForImageClassification` and `ResNetModel`:
 * `encoder.stages.2.layers.22.layer.1.convolution.weight`.
 *
 * Source: https://github.com/huggingface/transformers/blob/main/src/transformers/models/resnet/modeling_resnet.py.
 */
export const HUGGINGFACE: Naming = {
  name: "huggingface",
  title: "Hugging Face",
  layout: "OIHW",
  variant: "torchvision",
  profile: "hugging-face",
  names(place) {
    let prefix = "embedder.embedder";
    if (place !== "stem") {
      const { layer, block, part } = place;
      const inside = part === 0 ? "shortcut" : `layer.${part - 1}`;
      prefix = `encoder.stages.${layer - 1}.layers.${block}.${inside}`;
    }
    return torchNames(`${prefix}.convolution`, `${prefix}.normalization`);
  },
  classifiers: ["classifier.1.weight"],
  scope: /^(embedder\.|encoder\.stages\.\d\.layers\.\d+\.)/,
  bookkeeping: /\.num_batches_tracked$/,
};
