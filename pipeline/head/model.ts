/**
 * The head as data: dense layers with dropout before each, softmax at the end.
 */

import { STREAMS, uniformNumbers } from "../numeric/random.ts";

/** Shape of a head. */
export interface HeadShape {
  /** Length of an embedding. */
  inputs: number;
  /** Units of the hidden layer; 0: no hidden layer. */
  hidden: number;
  /** Number of classes. */
  classes: number;
  /** Activation of the hidden layer. */
  activation: "linear" | "relu";
}

/** A tensor of the head: its name and shape, as Keras' Dense has them. */
export interface HeadTensor {
  /** Name: `dense1.kernel` `[in, out]` or `dense1.bias` `[out]`. */
  name: string;
  shape: number[];
}

/** Numbers of the head by name of the tensor, F32. */
export type HeadParameters = Record<string, Float32Array>;

/**
 * Lists the tensors of a head.
 *
 * @returns Kernel and bias of each dense layer, in order.
 */
export function headTensors(shape: HeadShape): HeadTensor[] {
  const { inputs, hidden, classes } = shape;
  const sizes = hidden === 0 ? [inputs, classes] : [inputs, hidden, classes];
  return sizes.slice(1).flatMap((out, i) => [
    { name: `dense${i + 1}.kernel`, shape: [sizes[i]!, out] },
    { name: `dense${i + 1}.bias`, shape: [out] },
  ]);
}

/** Counts the numbers of a head. */
export function countParameters(shape: HeadShape): number {
  return headTensors(shape)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
}

/**
 * Initializes a head as Keras does: kernels by Glorot's uniform rule, biases 0.
 *
 * Source: Glorot and Bengio 2010, equation 16: the limit is `sqrt(6 / (in + out))`.
 */
export function initializeHead(shape: HeadShape, seed: number): HeadParameters {
  const entries = headTensors(shape).map(({ name, shape }, layer) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 2) {
      const limit = Math.sqrt(6 / (shape[0]! + shape[1]!));
      const uniform = uniformNumbers(seed, STREAMS.initialize, layer);
      for (let i = 0; i < values.length; i++) {
        values[i] = (2 * uniform(i) - 1) * limit;
      }
    }
    return [name, values] as const;
  });
  return Object.fromEntries(entries);
}
