/**
 * What TensorFlow's messages say of a tensor: its element type and its shape.
 *
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto
 * and https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor_shape.proto.
 */

import { type Dtype, DTYPE_BYTES } from "../../artifact/safetensors_header.ts";
import { decodeFields, decodeMessage, toBytes, toInteger } from "./protobuf.ts";
import { type Fail, failing } from "./format_errors.ts";

/** Element types by their number in `DataType`. Others, such as strings, are not weights. */
export const TF_DTYPES: ReadonlyMap<number, Dtype> = new Map([
  [1, "F32"],
  [2, "F64"],
  [3, "I32"],
  [4, "U8"],
  [9, "I64"],
  [14, "BF16"],
  [19, "F16"],
]);

/** Most dimensions of a tensor: kernels of convolutions have 4, or 5 over time. */
const MAX_DIMENSIONS = 8;

/**
 * Decodes a `TensorShapeProto`.
 *
 * @returns Size of each dimension, the outermost first.
 * @throws {FormatError} If a size is negative, which means unknown, or there are more than {@linkcode MAX_DIMENSIONS}.
 */
export function decodeShape(
  bytes: Uint8Array,
  name: string,
  path: string,
): number[] {
  const fail: Fail = failing(path);
  const shape: number[] = [];
  for (const field of decodeFields(bytes, path)) {
    if (field.number === 3 && toInteger(field, path) !== 0) {
      fail(`the shape of tensor "${name}" must be known: it is not`);
    }
    if (field.number !== 2) continue;
    const dimension = toBytes(field, path);
    const { size } = decodeMessage(dimension, { size: [1, "integer"] }, path);
    if (size < 0) {
      fail(
        `each dimension of tensor "${name}" must be at least 0: dimension ${shape.length} is ${size}`,
      );
    }
    if (shape.push(size) > MAX_DIMENSIONS) {
      fail(
        `tensor "${name}" must have at most ${MAX_DIMENSIONS} dimensions: it has more`,
      );
    }
  }
  return shape;
}

/**
 * Counts the bytes of a tensor.
 *
 * @param shape Size of each dimension.
 * @returns The bytes; not a safe integer where the sizes are absurd, so compare before use.
 */
export function countBytes(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, DTYPE_BYTES[dtype]);
}
