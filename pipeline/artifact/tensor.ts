/**
 * Conversions between typed arrays and the tensors of a file.
 *
 * Files are little endian, as every machine that Deno runs on.
 *
 * @module
 */

import type { Tensor } from "./safetensors.ts";
import type { Dtype } from "./safetensors_header.ts";

/** Bytes of a typed array, without a copy. */
function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(
    array.buffer as ArrayBuffer,
    array.byteOffset,
    array.byteLength,
  );
}

/**
 * Wraps numbers as a tensor, without a copy.
 *
 * @param array Elements in row-major order: F32, I32 or U8 by its type.
 * @param shape Size of each dimension.
 * @returns The tensor.
 */
export function toTensor(
  array: Float32Array | Int32Array | Uint8Array,
  shape: number[],
): Tensor {
  const dtype: Dtype = array instanceof Float32Array
    ? "F32"
    : array instanceof Int32Array
    ? "I32"
    : "U8";
  return { dtype, shape, data: bytesOf(array) };
}

/** Where the data allows it a view, otherwise a copy at an aligned address. */
function aligned(data: Uint8Array, elementBytes: number): Uint8Array {
  return data.byteOffset % elementBytes === 0 ? data : data.slice();
}

/**
 * Reads a tensor as 32-bit floats, without a copy where alignment allows.
 *
 * @param tensor The tensor, F32.
 * @param name Its name, for errors.
 * @returns Elements in row-major order.
 * @throws {TypeError} If the tensor is not F32.
 */
export function toFloat32(tensor: Tensor, name: string): Float32Array {
  requireDtype(tensor, "F32", name);
  const data = aligned(tensor.data, 4);
  return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/**
 * Reads a tensor as 32-bit integers, without a copy where alignment allows.
 *
 * @param tensor The tensor, I32.
 * @param name Its name, for errors.
 * @returns Elements in row-major order.
 * @throws {TypeError} If the tensor is not I32.
 */
export function toInt32(tensor: Tensor, name: string): Int32Array {
  requireDtype(tensor, "I32", name);
  const data = aligned(tensor.data, 4);
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** Throws unless the tensor has the dtype. */
function requireDtype(tensor: Tensor, dtype: Dtype, name: string): void {
  if (tensor.dtype !== dtype) {
    throw new TypeError(
      `Cannot read tensor "${name}" as ${dtype}: it is ${tensor.dtype}`,
    );
  }
}
