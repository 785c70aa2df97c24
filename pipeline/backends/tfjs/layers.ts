/**
 * The layers of a head on the device, forward and backward: dense layers, and
 * softmax with cross-entropy.
 *
 * The kernel is held transposed, `[out, in]`, and stands on the left. The wasm
 * backend multiplies by XNNPACK, which packs the right-hand matrix first if it
 * has not met it: a kernel is new after every step, and packing 2048x1024 takes
 * as long as its product with a batch of 64. On the left nothing is packed but
 * the batch. Every transpose is explicit: with the flags `transposeA` and
 * `transposeB` of `tf.matMul` that backend leaves XNNPACK, and is 35 times slower.
 *
 * All of them are to be called within `tf.tidy`.
 */

import * as tf from "@tensorflow/tfjs";
import type { BatchTargets } from "../../head/network.ts";

/** A dense layer on the device. */
export interface DenseLayer {
  /** F32 `[out, in]`: Keras' kernel, transposed. */
  kernel: tf.Tensor2D;
  /** F32 `[out]`. */
  bias: tf.Tensor1D;
}

/** Product with the second matrix and the result transposed: `(a bᵀ)ᵀ`. */
function multiplyByRows(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.transpose(tf.matMul(a, tf.transpose(b)));
}

/**
 * Computes the outputs of a layer, before its activation.
 *
 * @param inputs F32 `[n, in]`.
 * @returns F32 `[n, out]`.
 */
export function denseOutputs(
  inputs: tf.Tensor2D,
  layer: DenseLayer,
): tf.Tensor2D {
  return tf.add(multiplyByRows(layer.kernel, inputs), layer.bias);
}

/**
 * Computes the gradients of a layer's parameters.
 *
 * @param inputs Its inputs, F32 `[n, in]`.
 * @param outputGradient Gradient of its outputs, F32 `[n, out]`.
 * @returns Gradients of the kernel `[out, in]` and of the bias `[out]`.
 */
export function denseGradients(
  inputs: tf.Tensor2D,
  outputGradient: tf.Tensor2D,
): DenseLayer {
  return {
    kernel: tf.matMul(tf.transpose(outputGradient), inputs),
    bias: tf.sum(outputGradient, 0),
  };
}

/**
 * Computes the gradient of a layer's inputs.
 *
 * @param outputGradient Gradient of its outputs, F32 `[n, out]`.
 * @returns F32 `[n, in]`.
 */
export function denseInputGradient(
  outputGradient: tf.Tensor2D,
  layer: DenseLayer,
): tf.Tensor2D {
  return tf.matMul(outputGradient, layer.kernel);
}

/** Loss and gradient of a batch. */
interface BatchLoss {
  /** Sum of the samples' weighted losses, F32 scalar. */
  loss: tf.Scalar;
  /** Number of right predictions, F32 scalar. */
  correct: tf.Scalar;
  /** Gradient of the mean loss in the logits, F32 `[n, C]`. */
  gradient: tf.Tensor2D;
}

/**
 * Measures logits.
 *
 * The mean is over the number of samples, not over the sum of their weights, as
 * in Keras. The gradient is `w (softmax(z) - target) / n`.
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, equation 4.109.
 *
 * @param logits F32 `[n, C]`.
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
