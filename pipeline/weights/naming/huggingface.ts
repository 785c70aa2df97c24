/**
 * Names of Hugging Face's `ResNetForImageClassification` and `ResNetModel`:
 * `encoder.stages.2.layers.22.layer.1.convolution.weight`.
 *
 * Source: https://github.com/huggingface/transformers/blob/main/src/transformers/models/resnet/modeling_resnet.py.
 *
 * @module
 */

import type { Naming } from "./naming.ts";

/** The naming. */
export const HUGGINGFACE: Naming = {
  name: "huggingface",
  title: "Hugging Face",
  layout: "OIHW",
  variant: "torchvision",
  profile: "torch",
  names(place) {
    let prefix = "embedder.embedder";
    if (place !== "stem") {
      const { layer, block, part } = place;
      const inside = part === 0 ? "shortcut" : `layer.${part - 1}`;
      prefix = `encoder.stages.${layer - 1}.layers.${block}.${inside}`;
    }
    return {
      weight: `${prefix}.convolution.weight`,
      bias: `${prefix}.convolution.bias`,
      gamma: `${prefix}.normalization.weight`,
      beta: `${prefix}.normalization.bias`,
      mean: `${prefix}.normalization.running_mean`,
      variance: `${prefix}.normalization.running_var`,
    };
  },
  classifiers: ["classifier.1.weight"],
  scope: /^(embedder\.|encoder\.stages\.\d\.layers\.\d+\.)/,
  bookkeeping: /\.num_batches_tracked$/,
};
