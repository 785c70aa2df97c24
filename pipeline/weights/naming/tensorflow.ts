/** Namings of files of TensorFlow and Keras. */

import type { ConvNames, Naming } from "./naming.ts";

/** Names the tensors of a convolution, and of its batch norm. */
function tensorflowNames(
  conv: string,
  norm: string,
  [kernel, bias]: readonly [string, string] = ["kernel", "bias"],
): ConvNames {
  return {
    weight: `${conv}/${kernel}`,
    bias: `${conv}/${bias}`,
    gamma: `${norm}/gamma`,
    beta: `${norm}/beta`,
    mean: `${norm}/moving_mean`,
    variance: `${norm}/moving_variance`,
  };
}

/**
 * Keras' applications: `conv4_block23_2_conv/kernel`.
 *
 * Source: https://github.com/keras-team/keras/blob/master/keras/src/applications/resnet.py.
 */
export const KERAS: Naming = {
  name: "keras",
  title: "Keras applications",
  layout: "HWIO",
  variant: "keras",
  profile: "keras",
  names(place) {
    const prefix = place === "stem"
      ? "conv1"
      : `conv${place.layer + 1}_block${place.block + 1}_${place.part}`;
    return tensorflowNames(`${prefix}_conv`, `${prefix}_bn`);
  },
  classifiers: ["predictions/kernel", "probs/kernel"],
  scope: /^conv[1-5]_/,
  bookkeeping: /^$/,
};

/**
 * TF-Slim: `block3/unit_23/bottleneck_v1/conv2/weights`.
 *
 * Source: https://github.com/google-research/tf-slim/blob/master/tf_slim/nets/resnet_v1.py.
 */
export const TF_SLIM: Naming = {
  name: "tf-slim",
  title: "TF-Slim",
  layout: "HWIO",
  variant: "tf-slim",
  profile: "tf-slim",
  names(place) {
    let prefix = "conv1";
    if (place !== "stem") {
      const { layer, block, part } = place;
      const inside = part === 0 ? "shortcut" : `conv${part}`;
      prefix = `block${layer}/unit_${block + 1}/bottleneck_v1/${inside}`;
    }
    const names = ["weights", "biases"] as const;
    return tensorflowNames(prefix, `${prefix}/BatchNorm`, names);
  },
  classifiers: ["logits/weights"],
  scope: /^(conv1\/|block[1-4]\/unit_\d+\/)/,
  bookkeeping: /(^|\/)(global_step|mean_rgb)$|\/(Momentum|RMSProp|Adam)/,
};

/**
 * The port that the old script loads, `pretrain_weights.ckpt`:
 * `block3/unit_23/conv2/kernel`, and `shortcut/conv1/kernel` for a shortcut.
 */
export const PORT: Naming = {
  name: "port",
  title: "the old script's port",
  layout: "HWIO",
  variant: "tf-same",
  profile: "seed",
  names(place) {
    if (place === "stem") return tensorflowNames("conv1", "conv1/BatchNorm");
    const { layer, block, part } = place;
    const unit = `block${layer}/unit_${block + 1}`;
    const prefix = part === 0 ? `${unit}/shortcut` : `${unit}/conv${part}`;
    const conv = part === 0 ? `${prefix}/conv1` : prefix;
    return tensorflowNames(conv, `${prefix}/BatchNorm`);
  },
  classifiers: ["logits/kernel"],
  scope: /^(conv1\/|block[1-4]\/unit_\d+\/)/,
  bookkeeping: /(^|\/)(global_step|save_counter)$/,
};
