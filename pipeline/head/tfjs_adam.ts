/**
 * A step of Adam with tfjs.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { ADAM, adamFactors, type AdamOptions } from "./adam.ts";

/** A parameter on the device with its moments, F32, all of one shape. */
export interface AdamSlot {
  /** The parameter. */
  value: tf.Tensor;
  /** Running mean of the gradient. */
  m: tf.Tensor;
  /** Running mean of the squared gradient. */
  v: tf.Tensor;
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
 * @param slot The parameter and its moments; changed in place.
 * @param gradient Gradient of the loss, which stays the caller's.
 * @param options How the step goes.
 */
export function adamStep(
  slot: AdamSlot,
  gradient: tf.Tensor,
  options: AdamOptions,
): void {
  const { alpha, kept } = adamFactors(options);
  const { beta1, beta2, epsilon } = ADAM;
  slot.m = replace(
    slot.m,
    () => tf.add(tf.mul(slot.m, beta1), tf.mul(gradient, 1 - beta1)),
  );
  slot.v = replace(
    slot.v,
    () => tf.add(tf.mul(slot.v, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
  );
  slot.value = replace(slot.value, () => {
    const value = kept < 1 ? tf.mul(slot.value, kept) : slot.value;
    const root = tf.add(tf.sqrt(slot.v), epsilon);
    return tf.sub(value, tf.div(tf.mul(slot.m, alpha), root));
  });
}
