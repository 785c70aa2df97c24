/**
 * Names of TF-Slim: `block3/unit_23/bottleneck_v1/conv2/weights`.
 *
 * Source: https://github.com/google-research/tf-slim/blob/master/tf_slim/nets/resnet_v1.py.
 *
 * @module
 */

import type { Naming } from "./naming.ts";
import { tensorflowNames } from "./tensorflow.ts";

/** The naming. */
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
    return tensorflowNames(`${prefix}/weights`, {
      bias: `${prefix}/biases`,
      norm: `${prefix}/BatchNorm`,
    });
  },
  classifiers: ["logits/weights"],
  scope: /^(conv1\/|block[1-4]\/unit_\d+\/)/,
  bookkeeping: /(^|\/)(global_step|mean_rgb)$|\/(Momentum|RMSProp|Adam)/,
};
