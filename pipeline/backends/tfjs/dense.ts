/**
 * Products of a dense layer, forward and backward, on the device.
 *
 * The kernel is held transposed, `[out, in]`, and stands on the left. The wasm
 * backend multiplies by XNNPACK, which packs the right-hand matrix first if it
 * has not met it: a kernel is new after every step, and packing 2048x1024 takes
 * as long as its product with a batch of 64. On the left nothing is packed but
 * the batch. Every transpose is explicit: with the flags `transposeA` and
 * `transposeB` of `tf.matMul` that backend leaves XNNPACK, and is 35 times slower.
 *
 * All of them are to be called within `tf.tidy`.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";

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
 * @param layer The layer.
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
 * @param layer The layer.
 * @returns F32 `[n, in]`.
 */
export function denseInputGradient(
  outputGradient: tf.Tensor2D,
  layer: DenseLayer,
): tf.Tensor2D {
  return tf.matMul(outputGradient, layer.kernel);
}
