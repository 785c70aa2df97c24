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
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import type { Dtype } from "../../artifact/safetensors_header.ts";
import {
  decodeFields,
  decodeMessage,
  type MessageValues,
  toBytes,
} from "./protobuf.ts";
import { decodeShape, TF_DTYPES } from "./protobuf_tensor.ts";
import { MAX_ENTRIES, readTable } from "./sstable.ts";
import { checkpointError, type Fail, failing } from "./format_errors.ts";
import { decodeValues } from "./tf_v1_values.ts";

/** What the list of contents says of a tensor, a `SavedSliceMeta`. */
interface TensorMeta {
  /** Element type; `undefined` for those that are left out. */
  dtype: Dtype | undefined;
  /** Size of each dimension; empty for tensors that are left out. */
  shape: number[];
}

/** A `SavedTensorSlices`: the list of contents, under the empty key, or a slice. */
const VALUE = {
  list: [1, "bytes"],
  lists: [1, "count"],
  slice: [2, "bytes"],
} as const;

/** A `SavedSliceMeta`: what the list says of a tensor. */
const META = {
  name: [1, "text"],
  /** Its `TensorShapeProto`. */
  shape: [2, "bytes"],
  /** Number of its type in `DataType`. */
  type: [3, "integer"],
  slices: [4, "count"],
} as const;

/** A `SavedSlice`. */
const SLICE = {
  /** Name of the tensor. */
  name: [1, "text"],
  /** Which part of the tensor it is, a `TensorSliceProto`. */
  extents: [2, "bytes"],
  /** Its elements, a `TensorProto`. */
  values: [3, "bytes"],
} as const;

/** A `TensorSliceProto.Extent`. */
const EXTENT = {
  start: [1, "integer"],
  length: [2, "integer"],
  lengths: [2, "count"],
} as const;

/** Decodes what the list of contents says of one tensor. */
function decodeTensorMeta(
  bytes: Uint8Array,
  path: string,
): TensorMeta & { name: string } {
  const { name, shape, type, slices } = decodeMessage(bytes, META, path);
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
  const fail: Fail = failing(path);
  const contents = new Map<string, TensorMeta>();
  for (const field of decodeFields(bytes, path)) {
    if (field.number !== 1) continue;
    const { name, ...meta } = decodeTensorMeta(toBytes(field, path), path);
    if (contents.has(name)) {
      fail(`each tensor must be listed once: "${name}" is listed twice`);
    }
    if (contents.set(name, meta).size > MAX_ENTRIES) {
      fail(`it must list at most ${MAX_ENTRIES} tensors: it lists more`);
    }
  }
  return contents;
}

/** Checks that a slice is all of its tensor: each extent is empty, or as long as the dimension. */
function requireWhole(
  { extents, name }: MessageValues<typeof SLICE>,
  shape: readonly number[],
  path: string,
): void {
  let dimension = 0;
  for (const field of decodeFields(extents, path)) {
    if (field.number !== 1) continue;
    const extent = toBytes(field, path);
    const { start, length, lengths } = decodeMessage(extent, EXTENT, path);
    // -1, like no length at all, means all of the dimension.
    const isWhole = start === 0 &&
      (lengths === 0 || length === -1 || length === shape[dimension]);
    if (!isWhole) {
      throw checkpointError(
        path,
        `tensor "${name}" must be in one piece: a slice of dimension ${dimension} starts at ${start} and has length ${
          lengths === 0 ? -1 : length
        }`,
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
 * @throws {FormatError} If the file is not valid or is damaged, or a tensor is in several pieces.
 */
export function decodeTfV1(
  bytes: Uint8Array,
  path: string,
): Map<string, Tensor> {
  const fail: Fail = failing(path);
  const entries = readTable(bytes, path);
  const [key, first] = entries.next().value ?? [];
  const { list, lists } = key?.length === 0
    ? decodeMessage(first!, VALUE, path)
    : { list: new Uint8Array(), lists: 0 };
  if (lists === 0) {
    fail("its first key must be empty, with the list of tensors: it is not");
  }
  const contents = decodeContents(list, path);
  const tensors = new Map<string, Tensor>();
  for (const [, value] of entries) {
    const message = decodeMessage(value, VALUE, path);
    const slice = decodeMessage(message.slice, SLICE, path);
    const { name } = slice;
    const meta = contents.get(name);
    if (meta === undefined) {
      fail(`each tensor must be in the list: "${name}" is not`);
    }
    const { dtype, shape } = meta;
    if (dtype === undefined) continue;
    if (tensors.has(name)) {
      fail(`tensor "${name}" must be in one piece: it is in several`);
    }
    requireWhole(slice, shape, path);
    const data = decodeValues(slice.values, { dtype, shape, name, path });
    tensors.set(name, { dtype, shape, data });
  }
  for (const [name, { dtype }] of contents) {
    if (dtype !== undefined && !tensors.has(name)) {
      fail(`each tensor of its list must be there: "${name}" is not`);
    }
  }
  return tensors;
}
