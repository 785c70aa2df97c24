/**
 * Adam, in Keras' form.
 *
 * Keras adds epsilon to the root of the uncorrected second moment and corrects
 * both moments in the learning rate; PyTorch adds it to the corrected root. With
 * the same epsilon Keras' is the larger by `1 / sqrt(1 - beta2^t)`, 32 times at
 * the first step.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";

/** Adam's constants, as Keras has them. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** A parameter on the device with its moments, F32, all of one shape. */
export interface AdamSlot {
  /** The parameter. */
  value: tf.Tensor;
  /** Running mean of the gradient. */
  m: tf.Tensor;
  /** Running mean of the squared gradient. */
  v: tf.Tensor;
}

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

/** Computes a tensor from one that it replaces. */
function replace(old: tf.Tensor, compute: () => tf.Tensor): tf.Tensor {
  const tensor = tf.tidy(compute);
  old.dispose();
  return tensor;
}

/**
 * Moves a parameter against its gradient; frees what the slot held.
 *
 * Each tensor is replaced before the next is computed, so that the device works
 * on memory it has just used.
 *
 * Source: Kingma and Ba 2014, end of section 2, https://arxiv.org/abs/1412.6980;
 * decay by Loshchilov and Hutter 2017, algorithm 2, https://arxiv.org/abs/1711.05101.
 *
 * @param slot The parameter and its moments; changed in place.
 * @param gradient Gradient of the loss, which stays the caller's.
 * @param options How the step goes.
 */
export function adamStep(
  slot: AdamSlot,
  gradient: tf.Tensor,
  options: AdamOptions,
): void {
  const { t, learningRate, weightDecay } = options;
  const { beta1, beta2, epsilon } = ADAM;
  const alpha = learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
  slot.m = replace(
    slot.m,
    () => tf.add(tf.mul(slot.m, beta1), tf.mul(gradient, 1 - beta1)),
  );
  slot.v = replace(
    slot.v,
    () => tf.add(tf.mul(slot.v, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
  );
  slot.value = replace(slot.value, () => {
    const kept = weightDecay > 0
      ? tf.mul(slot.value, 1 - learningRate * weightDecay)
      : slot.value;
    const root = tf.add(tf.sqrt(slot.v), epsilon);
    return tf.sub(kept, tf.div(tf.mul(slot.m, alpha), root));
  });
}
