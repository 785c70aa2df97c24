/**
 * Conversions between typed arrays and the tensors of a file.
 *
 * Files are little endian, as every machine that Deno runs on.
 */

import { FormatError } from "../errors.ts";
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

/** Constructor of a typed array. */
interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/** The elements of a tensor: a view if the data is aligned, else a copy at an aligned address. */
function elementsOf<T>({ data }: Tensor, type: ArrayType<T>): T {
  const { BYTES_PER_ELEMENT: size } = type;
  const { buffer, byteOffset } = data.byteOffset % size === 0
    ? data
    : data.slice();
  return new type(buffer, byteOffset, data.byteLength / size);
}

/**
 * Reads a tensor as 32-bit floats, without a copy where alignment allows.
 *
 * @param tensor The tensor, F32.
 * @returns Elements in row-major order.
 * @throws {TypeError} If the tensor is not F32.
 */
export function toFloat32(tensor: Tensor, name: string): Float32Array {
  requireDtype(tensor, "F32", name);
  return elementsOf(tensor, Float32Array);
}

/**
 * Reads a tensor as 32-bit integers, without a copy where alignment allows.
 *
 * @param tensor The tensor, I32.
 * @returns Elements in row-major order.
 * @throws {TypeError} If the tensor is not I32.
 */
export function toInt32(tensor: Tensor, name: string): Int32Array {
  requireDtype(tensor, "I32", name);
  return elementsOf(tensor, Int32Array);
}

/** Widens 16-bit floats: the exponent and the fraction move to their places. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads a tensor of any float dtype as 32-bit floats; without a copy where it is
 * F32 and alignment allows.
 *
 * @param tensor The tensor, F32, F16, BF16 or F64.
 * @returns Elements in row-major order.
 * @throws {FormatError} If the tensor has no float dtype.
 */
export function convertToFloat32(
  tensor: Tensor,
  name: string,
  path: string,
): Float32Array {
  const { dtype } = tensor;
  switch (dtype) {
    case "F32":
      return toFloat32(tensor, name);
    case "F64":
      return Float32Array.from(elementsOf(tensor, Float64Array));
    case "F16":
      return Float32Array.from(elementsOf(tensor, Uint16Array), halfToFloat);
    case "BF16": {
      const halves = elementsOf(tensor, Uint16Array);
      // The upper half of an F32.
      const bits = Uint32Array.from(halves, (half) => half << 16);
      return new Float32Array(bits.buffer);
    }
    default:
      throw new FormatError(
        `Cannot use "${path}" as weights as tensor "${name}" must be F32, F16, BF16 or F64: it is ${dtype}`,
        { path },
      );
  }
}

/** Throws unless the tensor has the dtype. */
function requireDtype(tensor: Tensor, dtype: Dtype, name: string): void {
  if (tensor.dtype !== dtype) {
    throw new TypeError(
      `Cannot read tensor "${name}" as ${dtype}: it is ${tensor.dtype}`,
    );
  }
}
