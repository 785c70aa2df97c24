/**
 * Names of Keras' applications: `conv4_block23_2_conv/kernel`.
 *
 * Source: https://github.com/keras-team/keras/blob/master/keras/src/applications/resnet.py.
 *
 * @module
 */

import type { Naming } from "./naming.ts";
import { tensorflowNames } from "./tensorflow.ts";

/** The naming. */
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
    return tensorflowNames(`${prefix}_conv/kernel`, {
      bias: `${prefix}_conv/bias`,
      norm: `${prefix}_bn`,
    });
  },
  classifiers: ["predictions/kernel", "probs/kernel"],
  scope: /^conv[1-5]_/,
  bookkeeping: /^$/,
};
