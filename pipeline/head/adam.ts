/**
 * Adam, in Keras' form.
 *
 * Keras adds epsilon to the root of the uncorrected second moment and corrects
 * both moments in the learning rate; PyTorch adds it to the corrected root. With
 * the same epsilon Keras' is the larger by `1 / sqrt(1 - beta2^t)`, 32 times at
 * the first step.
 *
 * Source: Kingma and Ba 2014, end of section 2, https://arxiv.org/abs/1412.6980;
 * decay by Loshchilov and Hutter 2017, algorithm 2, https://arxiv.org/abs/1711.05101.
 *
 * @module
 */

/** Adam's constants, as Keras has them. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** How a step goes. */
export interface AdamOptions {
  /** Number of the step, from 1. */
  t: number;
  /** Learning rate. */
  learningRate: number;
  /**
   * Decoupled weight decay: before each step the parameter loses this share of
   * itself, times the learning rate.
   */
  weightDecay: number;
}

/** What a step multiplies by. */
export interface AdamFactors {
  /** Factor of `m / (sqrt(v) + epsilon)`. */
  alpha: number;
  /** The share of a parameter that decay leaves. */
  kept: number;
}

/**
 * Computes what a step multiplies by.
 *
 * @param options How the step goes.
 * @returns The factors.
 */
export function adamFactors(options: AdamOptions): AdamFactors {
  const { t, learningRate, weightDecay } = options;
  const { beta1, beta2 } = ADAM;
  return {
    alpha: learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t),
    kept: 1 - learningRate * weightDecay,
  };
}
