/**
 * The elements of a `TensorProto`.
 *
 * They are raw in `tensor_content`, or packed in a field of their type: floats
 * as they are in memory, all else as variable-length integers.
 *
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto.
 */

import { type Dtype, DTYPE_BYTES } from "../../artifact/safetensors_header.ts";
import { decodeFields } from "./protobuf.ts";
import { decodeVarint } from "./protobuf_varint.ts";
import { countBytes } from "./protobuf_tensor.ts";
import { checkpointError } from "./format_errors.ts";

/** The field `tensor_content`. */
const CONTENT_FIELD = 4;

/** The field that holds the elements of each type, and whether they are raw in it. */
const VALUE_FIELDS: Readonly<
  Record<Dtype, { number: number; isRaw: boolean }>
> = {
  F32: { number: 5, isRaw: true },
  F64: { number: 6, isRaw: true },
  I32: { number: 7, isRaw: false },
  U8: { number: 7, isRaw: false },
  I64: { number: 10, isRaw: false },
  F16: { number: 13, isRaw: false },
  BF16: { number: 13, isRaw: false },
};

/** Where a tensor belongs, for {@linkcode decodeValues}. */
export interface ValuesOptions {
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension. */
  shape: readonly number[];
  /** Name of the tensor, for errors. */
  name: string;
  /** Name of the file, for errors. */
  path: string;
}

/**
 * Unpacks integers. Each takes a byte or more, so the result has at most eight times
 * the bytes of the packed field.
 */
function unpackIntegers(
  packed: Uint8Array,
  options: ValuesOptions,
): Uint8Array {
  const { dtype, shape, name, path } = options;
  const elementBytes = DTYPE_BYTES[dtype];
  const size = countBytes(dtype, shape);
  if (size > packed.length * elementBytes) {
    throw sizeError(options, packed.length * elementBytes, "at most ");
  }
  const data = new Uint8Array(size);
  const view = new DataView(data.buffer);
  let position = 0;
  for (let at = 0; at < size; at += elementBytes) {
    const { low, high, end } = decodeVarint(packed, position, path);
    position = end;
    if (elementBytes === 1) view.setUint8(at, low);
    else if (elementBytes === 2) view.setUint16(at, low, true);
    else view.setUint32(at, low, true);
    if (elementBytes === 8) view.setUint32(at + 4, high, true);
  }
  if (position !== packed.length) {
    throw checkpointError(
      path,
      `tensor "${name}" must hold the elements of its shape [${shape}]: it holds more`,
    );
  }
  return data;
}

/** Makes the error of a tensor whose elements do not fill its shape. */
function sizeError(options: ValuesOptions, found: number, prefix = "") {
  const { dtype, shape, name, path } = options;
  return checkpointError(
    path,
    `tensor "${name}" of ${dtype} [${shape}] takes ${
      countBytes(dtype, shape)
    } bytes: it holds ${prefix}${found}`,
  );
}

/**
 * Decodes the elements of a tensor: a view where they are raw, without a copy.
 *
 * Writers pack all elements in one field. A field for each element is legal too,
 * but nothing writes it, and a view for each would take 30 times the memory.
 *
 * @returns Elements in row-major order, little endian.
 * @throws {FormatError} If the elements are not packed, or do not fill the shape.
 */
export function decodeValues(
  bytes: Uint8Array,
  options: ValuesOptions,
): Uint8Array {
  const { dtype, shape, name, path } = options;
  const { number, isRaw } = VALUE_FIELDS[dtype];
  let found: { packed: Uint8Array; isRaw: boolean } | undefined;
  for (const field of decodeFields(bytes, path)) {
    const isContent = field.number === CONTENT_FIELD;
    if (!isContent && field.number !== number) continue;
    if (field.wire !== "bytes" || found !== undefined) {
      throw checkpointError(
        path,
        `the elements of tensor "${name}" must be packed in one field: they are in several`,
      );
    }
    found = { packed: field.value, isRaw: isContent || isRaw };
  }
  const { packed, isRaw: isView } = found ??
    { packed: new Uint8Array(), isRaw: true };
  if (!isView) return unpackIntegers(packed, options);
  if (packed.length !== countBytes(dtype, shape)) {
    throw sizeError(options, packed.length);
  }
  return packed;
}
