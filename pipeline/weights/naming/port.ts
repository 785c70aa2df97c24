/**
 * Names of the port that the old script loads, `pretrain_weights.ckpt`:
 * `block3/unit_23/conv2/kernel`, and `shortcut/conv1/kernel` for a shortcut.
 *
 * @module
 */

import type { Naming } from "./naming.ts";
import { tensorflowNames } from "./tensorflow.ts";

/** The naming. */
export const PORT: Naming = {
  name: "port",
  title: "the old script's port",
  layout: "HWIO",
  variant: "tf-same",
  profile: "seed",
  names(place) {
    if (place === "stem") {
      return tensorflowNames("conv1/kernel", {
        bias: "conv1/bias",
        norm: "conv1/BatchNorm",
      });
    }
    const { layer, block, part } = place;
    const unit = `block${layer}/unit_${block + 1}`;
    const norm = part === 0 ? `${unit}/shortcut` : `${unit}/conv${part}`;
    const conv = part === 0 ? `${norm}/conv1` : norm;
    return tensorflowNames(`${conv}/kernel`, {
      bias: `${conv}/bias`,
      norm: `${norm}/BatchNorm`,
    });
  },
  classifiers: ["logits/kernel"],
  scope: /^(conv1\/|block[1-4]\/unit_\d+\/)/,
  bookkeeping: /(^|\/)(global_step|save_counter)$/,
};
