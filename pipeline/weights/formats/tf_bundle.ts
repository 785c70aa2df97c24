/**
 * TensorFlow checkpoints of version 2: an `.index` file and `.data` shards.
 *
 * The index is a table from names to `BundleEntryProto`, after a
 * `BundleHeaderProto` under the empty key; shards are raw elements. Tensors are
 * views into the shards, without a copy, and each one's CRC-32C is verified.
 *
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto
 * and https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/tensor_bundle/tensor_bundle.h.
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { crc32c, maskCrc32c } from "../../artifact/crc32c.ts";
import { decodeMessage, toText } from "./protobuf.ts";
import { countBytes, decodeShape, TF_DTYPES } from "./protobuf_tensor.ts";
import { readTable } from "./sstable.ts";
import type { TableEntry } from "./sstable_block.ts";
import {
  checkpointError,
  type Fail,
  failing,
  formatCrc,
} from "./format_errors.ts";

/** Largest index, in bytes: that of a ResNet-101 has 20 kB, one of 65,536 tensors about 5 MB. */
export const MAX_INDEX_BYTES = 16 * 2 ** 20;

/** Most shards: each is a file that a caller opens, and trainings write one, or one a machine. */
export const MAX_SHARDS = 1000;

/** Version of the format that is read here, `kTensorBundleVersion`; there is no other yet. */
const BUNDLE_VERSION = 1;

/** A `BundleHeaderProto`. */
const HEADER = {
  shards: [1, "integer"],
  endianness: [2, "integer"],
  version: [3, "bytes"],
} as const;

/** A `VersionDef`: the lowest version of a reader that may read the file. */
const VERSION = { minConsumer: [2, "integer"] } as const;

/** A `BundleEntryProto`: where a tensor lies. */
const ENTRY = {
  /** Number of its type in `DataType`. */
  dtype: [1, "integer"],
  /** Its `TensorShapeProto`. */
  shape: [2, "bytes"],
  /** Which shard it is in, its first byte there, and its bytes. */
  shard: [3, "integer"],
  offset: [4, "integer"],
  size: [5, "integer"],
  /** Masked CRC-32C of its bytes. */
  crc: [6, "fixed32"],
  /** Its pieces, where it is in several. */
  pieces: [7, "count"],
} as const;

/**
 * Reads the name of a tensor from its key. A key that starts with a zero is
 * that of a piece: the name of its tensor follows, up to the next zero.
 *
 * Source: `EncodeTensorNameSlice` in
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/saved_tensor_slice_util.cc.
 */
function decodeName(key: Uint8Array, path: string) {
  const isPiece = key[0] === 0;
  const end = isPiece ? key.indexOf(0, 1) : -1;
  const bytes = key.subarray(isPiece ? 1 : 0, end < 0 ? key.length : end);
  return { name: toText(bytes, path), isPiece };
}

/** Checks the header and returns how many shards there are. */
function decodeHeader(entry: TableEntry | undefined, path: string): number {
  const fail: Fail = failing(path);
  if (entry === undefined || entry[0].length > 0) {
    fail("its first key must be empty, with the header: it is not");
  }
  const { shards, endianness, version } = decodeMessage(entry[1], HEADER, path);
  const { minConsumer } = decodeMessage(version, VERSION, path);
  if (shards < 1 || shards > MAX_SHARDS) {
    fail(`it must have 1 to ${MAX_SHARDS} data files: it claims ${shards}`);
  }
  if (endianness !== 0) {
    fail(`its data must be little endian: endianness is ${endianness}`);
  }
  if (minConsumer > BUNDLE_VERSION) {
    fail(
      `its version must be at most ${BUNDLE_VERSION}: it asks for ${minConsumer}`,
    );
  }
  return shards;
}

/** Starts reading an index that is not too large. */
function readIndex(index: Uint8Array, path: string) {
  if (index.length > MAX_INDEX_BYTES) {
    throw checkpointError(
      path,
      `an index must have at most ${MAX_INDEX_BYTES} bytes: it has ${index.length}`,
    );
  }
  const entries = readTable(index, path);
  const first = entries.next();
  return { entries, shardCount: decodeHeader(first.value ?? undefined, path) };
}

/**
 * Counts the data files of a checkpoint, to know which to read:
 * `<name>.data-00000-of-00001` and so on.
 *
 * @returns The count, from 1 to {@linkcode MAX_SHARDS}.
 * @throws {FormatError} If the file is not an index.
 */
export function countShards(index: Uint8Array, path: string): number {
  return readIndex(index, path).shardCount;
}

/**
 * Decodes a checkpoint. Tensors are views into the shards, without a copy.
 *
 * Tensors of types that are not numbers of a network are left out: strings,
 * such as `_CHECKPOINTABLE_OBJECT_GRAPH`, Booleans, complex and quantized numbers.
 *
 * @param shards The `.data` files, in their order.
 * @returns Tensors by name, in the order of the index.
 * @throws {FormatError} If a file is not valid or is damaged, or a tensor is in several pieces.
 */
export function decodeTensorBundle(
  index: Uint8Array,
  shards: readonly Uint8Array[],
  path: string,
): Map<string, Tensor> {
  const fail: Fail = failing(path);
  const { entries, shardCount } = readIndex(index, path);
  if (shardCount !== shards.length) {
    fail(`it has ${shardCount} data files: ${shards.length} were given`);
  }
  // What is left of each shard: tensors lie beside each other, and if they could
  // share bytes, a small index could ask for the checksum of a large shard many times.
  const left = shards.map((shard) => shard.length);
  const tensors = new Map<string, Tensor>();
  for (const [key, value] of entries) {
    const { name, isPiece } = decodeName(key, path);
    const entry = decodeMessage(value, ENTRY, path);
    if (isPiece || entry.pieces > 0) {
      fail(`each tensor must be in one piece: "${name}" is partitioned`);
    }
    const dtype = TF_DTYPES.get(entry.dtype);
    if (dtype === undefined) continue;
    const shape = decodeShape(entry.shape, name, path);
    const { shard, offset, size, crc } = entry;
    const bytes = shards[shard];
    if (bytes === undefined) {
      fail(
        `tensor "${name}" must lie in data file 0 to ${
          shardCount - 1
        }: it claims ${shard}`,
      );
    }
    const expected = countBytes(dtype, shape);
    if (size !== expected) {
      fail(
        `tensor "${name}" of ${dtype} [${shape}] takes ${expected} bytes: it claims ${size}`,
      );
    }
    if (offset < 0 || offset + size > bytes.length) {
      fail(
        `tensor "${name}" must lie in the ${bytes.length} bytes of data file ${shard}: it claims [${offset}, ${
          offset + size
        }]`,
      );
    }
    left[shard]! -= size;
    if (left[shard]! < 0) {
      fail(
        `tensors must not share bytes of data file ${shard}: those up to "${name}" take more than its ${bytes.length} bytes`,
      );
    }
    const data = bytes.subarray(offset, offset + size);
    const actual = maskCrc32c(crc32c(data));
    if (actual !== crc) {
      fail(
        `the masked CRC-32C of tensor "${name}" must be ${
          formatCrc(crc)
        }: it is ${formatCrc(actual)}`,
        { byteOffset: offset },
      );
    }
    tensors.set(name, { dtype, shape, data });
  }
  return tensors;
}
