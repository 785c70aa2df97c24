/**
 * Softmax cross-entropy and its gradient, on the device.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { BatchTargets } from "../../head/network.ts";

/** What a batch has come to. */
export interface BatchLoss {
  /** Sum of the samples' weighted losses, F32 scalar. */
  loss: tf.Scalar;
  /** Number of right predictions, F32 scalar. */
  correct: tf.Scalar;
  /** Gradient of the mean loss in the logits, F32 `[n, C]`. */
  gradient: tf.Tensor2D;
}

/**
 * Measures logits; to be called within `tf.tidy`.
 *
 * The mean is over the number of samples, not over the sum of their weights, as
 * in Keras. The gradient is `w (softmax(z) - target) / n`.
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, equation 4.109.
 *
 * @param logits F32 `[n, C]`.
 * @param batch What they are measured by.
 * @returns Loss, right predictions and gradient.
 */
export function softmaxLoss(
  logits: tf.Tensor2D,
  batch: BatchTargets,
): BatchLoss {
  const [n, classes] = logits.shape;
  const targets = tf.tensor2d(batch.targets, [n, classes]);
  const weights = tf.tensor2d(batch.weights, [n, 1]);
  const labels = tf.tensor1d(batch.labels, "int32");
  const logP = tf.logSoftmax(logits);
  const losses = tf.mul(tf.sum(tf.mul(targets, logP), 1, true), weights);
  const right = tf.equal(tf.argMax(logits, 1), labels);
  const scale = tf.div(weights, n);
  return {
    loss: tf.neg(tf.sum(losses)),
    correct: tf.sum(tf.cast(right, "float32")),
    gradient: tf.mul(tf.sub(tf.exp(logP), targets), scale),
  };
}
