/**
 * The logits of single embeddings, without a device.
 *
 * A head without activation is linear, so its two layers are multiplied once and a
 * photo takes D·C products: 10 µs where the backbone takes 40 ms. With a relu a
 * photo takes D·H + H·C, 2 ms for 2048 inputs and 1024 units.
 */

import { linearLogit } from "./activation_map.ts";
import type { SavedHead } from "../head/checkpoint.ts";

/** Computes logits f32 `[C]` of an embedding f32 `[D]`. */
export type HeadLogits = (embedding: Float32Array) => Float32Array;

/** Adds the product of a row vector and a matrix to `target`, f32 `[columns]`. */
function addProduct(
  target: Float32Array,
  vector: Float32Array,
  kernel: Float32Array,
): void {
  const columns = target.length;
  for (let row = 0; row < vector.length; row++) {
    const value = vector[row]!;
    if (value === 0) continue;
    const start = row * columns;
    for (let i = 0; i < columns; i++) target[i]! += value * kernel[start + i]!;
  }
}

/** Multiplies the layers of a linear head into one kernel f32 `[D, C]`. */
function collapse(
  head: SavedHead,
): { kernel: Float32Array; bias: Float32Array } {
  const { inputs, classes } = head.shape;
  const kernel = new Float32Array(inputs * classes);
  const bias = new Float32Array(classes);
  const anywhere = new Float64Array(inputs);
  for (let label = 0; label < classes; label++) {
    const { weights, constant } = linearLogit(head, label, anywhere);
    weights.forEach((weight, d) => kernel[d * classes + label] = weight);
    bias[label] = constant;
  }
  return { kernel, bias };
}

/**
 * Prepares the logits of a head.
 *
 * @returns What computes them, in evaluation mode.
 */
export function headLogits(head: SavedHead): HeadLogits {
  const { shape: { hidden, activation }, parameters } = head;
  if (hidden === 0 || activation === "linear") {
    const { kernel, bias } = collapse(head);
    return (embedding) => {
      const logits = bias.slice();
      addProduct(logits, embedding, kernel);
      return logits;
    };
  }
  return (embedding) => {
    const units = parameters["dense1.bias"]!.slice();
    addProduct(units, embedding, parameters["dense1.kernel"]!);
    for (let i = 0; i < hidden; i++) units[i] = Math.max(0, units[i]!);
    const logits = parameters["dense2.bias"]!.slice();
    addProduct(logits, units, parameters["dense2.kernel"]!);
    return logits;
  };
}
