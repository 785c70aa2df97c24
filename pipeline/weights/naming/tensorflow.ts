/**
 * What the namings of TensorFlow have in common: batch norm's tensors.
 *
 * @module
 */

import type { ConvNames } from "./naming.ts";

/** Names the tensors of a convolution in TensorFlow. */
export function tensorflowNames(
  kernel: string,
  options: { bias: string; norm: string },
): ConvNames {
  const { bias, norm } = options;
  return {
    weight: kernel,
    bias,
    gamma: `${norm}/gamma`,
    beta: `${norm}/beta`,
    mean: `${norm}/moving_mean`,
    variance: `${norm}/moving_variance`,
  };
}
