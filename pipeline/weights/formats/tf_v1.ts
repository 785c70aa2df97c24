/**
 * TensorFlow checkpoints of version 1: a single file.
 *
 * It is a table of `SavedTensorSlices`: the one under the empty key lists names,
 * types and shapes, each other one holds a tensor or a slice of one. Tensors of
 * floats are views into the file, without a copy. Blocks carry the checksums,
 * tensors have none of their own.
 *
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/saved_tensor_slice.proto
 * and https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor_slice.proto.
 *
 * @module
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import type { Dtype } from "../../artifact/safetensors_header.ts";
import { decodeFields, toBytes, toInteger, toText } from "./protobuf.ts";
import { decodeShape, TF_DTYPES } from "./protobuf_tensor.ts";
import { MAX_ENTRIES, readTable } from "./sstable.ts";
import { checkpointError } from "./sstable_error.ts";
import { decodeValues } from "./tf_v1_values.ts";

/** What the list of contents says of a tensor, a `SavedSliceMeta`. */
interface TensorMeta {
  /** Element type; `undefined` for those that are left out. */
  dtype: Dtype | undefined;
  /** Size of each dimension; empty for tensors that are left out. */
  shape: number[];
}

/** A slice of a tensor, a `SavedSlice`. */
interface Slice {
  /** Name of the tensor. */
  name: string;
  /** Which part of the tensor it is, a `TensorSliceProto`. */
  extents: Uint8Array;
  /** Its elements, a `TensorProto`. */
  values: Uint8Array;
}

/** Takes the one message out of another that holds it under a number; the last, if there are more. */
function unwrap(
  bytes: Uint8Array,
  number: number,
  path: string,
): Uint8Array | undefined {
  let message: Uint8Array | undefined;
  for (const field of decodeFields(bytes, path)) {
    if (field.number === number) message = toBytes(field, path);
  }
  return message;
}

/** Decodes what the list of contents says of one tensor. */
function decodeTensorMeta(
  bytes: Uint8Array,
  path: string,
): TensorMeta & { name: string } {
  let [name, type, slices] = ["", 0, 0];
  let shape = new Uint8Array();
  for (const field of decodeFields(bytes, path)) {
    if (field.number === 1) name = toText(toBytes(field, path), path);
    if (field.number === 2) shape = toBytes(field, path) as typeof shape;
    if (field.number === 3) type = toInteger(field, path);
    if (field.number === 4) slices++;
  }
  const dtype = TF_DTYPES.get(type);
  if (dtype === undefined) return { name, dtype, shape: [] };
  if (slices !== 1) {
    throw checkpointError(
      path,
      `tensor "${name}" must be in one piece: it is in ${slices}`,
    );
  }
  return { name, dtype, shape: decodeShape(shape, name, path) };
}

/** Decodes the list of contents, a `SavedTensorSliceMeta`. */
function decodeContents(
  bytes: Uint8Array,
  path: string,
): Map<string, TensorMeta> {
  const contents = new Map<string, TensorMeta>();
  for (const field of decodeFields(bytes, path)) {
    if (field.number !== 1) continue;
    const { name, ...meta } = decodeTensorMeta(toBytes(field, path), path);
    if (contents.has(name)) {
      throw checkpointError(
        path,
        `each tensor must be listed once: "${name}" is listed twice`,
      );
    }
    if (contents.set(name, meta).size > MAX_ENTRIES) {
      throw checkpointError(
        path,
        `it must list at most ${MAX_ENTRIES} tensors: it lists more`,
      );
    }
  }
  return contents;
}

/** Decodes a slice. */
function decodeSlice(bytes: Uint8Array, path: string): Slice {
  const slice: Slice = {
    name: "",
    extents: new Uint8Array(),
    values: new Uint8Array(),
  };
  for (const field of decodeFields(bytes, path)) {
    if (field.number === 1) slice.name = toText(toBytes(field, path), path);
    if (field.number === 2) slice.extents = toBytes(field, path);
    if (field.number === 3) slice.values = toBytes(field, path);
  }
  return slice;
}

/** Checks that a slice is all of its tensor: each extent is empty, or as long as the dimension. */
function requireWhole(
  { extents, name }: Slice,
  shape: readonly number[],
  path: string,
): void {
  let dimension = 0;
  for (const field of decodeFields(extents, path)) {
    if (field.number !== 1) continue;
    let [start, length] = [0, -1];
    for (const inner of decodeFields(toBytes(field, path), path)) {
      if (inner.number === 1) start = toInteger(inner, path);
      if (inner.number === 2) length = toInteger(inner, path);
    }
    // -1, like no length at all, means all of the dimension.
    const isWhole = start === 0 &&
      (length === -1 || length === shape[dimension]);
    if (!isWhole) {
      throw checkpointError(
        path,
        `tensor "${name}" must be in one piece: a slice of dimension ${dimension} starts at ${start} and has length ${length}`,
      );
    }
    dimension++;
  }
  if (dimension !== shape.length) {
    throw checkpointError(
      path,
      `the slice of tensor "${name}" must have ${shape.length} dimensions: it has ${dimension}`,
    );
  }
}

/**
 * Decodes a checkpoint. Tensors of floats are views into `bytes`, without a copy.
 *
 * Tensors of types that are not numbers of a network are left out, as
 * `decodeTensorBundle()` leaves them out.
 *
 * @param bytes The whole file.
 * @returns Tensors by name, in the order of the file.
 * @throws {FormatError} If the file is not valid or is damaged, or a tensor is in several pieces.
 */
export function decodeTfV1(
  bytes: Uint8Array,
  path: string,
): Map<string, Tensor> {
  const entries = readTable(bytes, path);
  const first = entries.next().value ?? undefined;
  const list = first?.[0].length === 0 ? unwrap(first[1], 1, path) : undefined;
  if (list === undefined) {
    throw checkpointError(
      path,
      "its first key must be empty, with the list of tensors: it is not",
    );
  }
  const contents = decodeContents(list, path);
  const tensors = new Map<string, Tensor>();
  for (const [, value] of entries) {
    const slice = decodeSlice(unwrap(value, 2, path) ?? new Uint8Array(), path);
    const { name } = slice;
    const meta = contents.get(name);
    if (meta === undefined) {
      throw checkpointError(
        path,
        `each tensor must be in the list: "${name}" is not`,
      );
    }
    const { dtype, shape } = meta;
    if (dtype === undefined) continue;
    if (tensors.has(name)) {
      throw checkpointError(
        path,
        `tensor "${name}" must be in one piece: it is in several`,
      );
    }
    requireWhole(slice, shape, path);
    const data = decodeValues(slice.values, { dtype, shape, name, path });
    tensors.set(name, { dtype, shape, data });
  }
  for (const [name, { dtype }] of contents) {
    if (dtype !== undefined && !tensors.has(name)) {
      throw checkpointError(
        path,
        `each tensor of its list must be there: "${name}" is not`,
      );
    }
  }
  return tensors;
}
