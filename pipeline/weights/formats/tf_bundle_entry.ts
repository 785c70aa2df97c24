/**
 * Entries of the index of a TensorFlow checkpoint: a name, and where its tensor lies.
 *
 * Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto;
 * keys of pieces: `EncodeTensorNameSlice` in
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/saved_tensor_slice_util.cc.
 *
 * @module
 */

import {
  decodeFields,
  toBytes,
  toFixed32,
  toInteger,
  toText,
} from "./protobuf.ts";

/** Where a tensor lies: a `BundleEntryProto`. */
export interface BundleEntry {
  /** Number of its type in `DataType`. */
  dtype: number;
  /** Its `TensorShapeProto`. */
  shape: Uint8Array;
  /** Which shard it is in. */
  shard: number;
  /** First byte in the shard. */
  offset: number;
  /** Size in bytes. */
  size: number;
  /** Masked CRC-32C of its bytes. */
  crc: number;
  /** Whether it is in several pieces, under names of their own. */
  isPartitioned: boolean;
}

/**
 * Decodes where a tensor lies.
 *
 * Only the encoding is checked; the claims are checked where they are used.
 *
 * @throws {FormatError} If the bytes are not a message.
 */
export function decodeEntry(bytes: Uint8Array, path: string): BundleEntry {
  const entry: BundleEntry = {
    dtype: 0,
    shape: new Uint8Array(),
    shard: 0,
    offset: 0,
    size: 0,
    crc: 0,
    isPartitioned: false,
  };
  for (const field of decodeFields(bytes, path)) {
    if (field.number === 1) entry.dtype = toInteger(field, path);
    if (field.number === 2) entry.shape = toBytes(field, path);
    if (field.number === 3) entry.shard = toInteger(field, path);
    if (field.number === 4) entry.offset = toInteger(field, path);
    if (field.number === 5) entry.size = toInteger(field, path);
    if (field.number === 6) entry.crc = toFixed32(field, path);
    if (field.number === 7) entry.isPartitioned = true;
  }
  return entry;
}

/**
 * Reads the name of a tensor from its key. A key that starts with a zero is
 * that of a piece: the name of its tensor follows, up to the next zero.
 *
 * @returns The name, and whether the entry is that of a piece.
 * @throws {FormatError} If the name is not UTF-8.
 */
export function decodeName(
  key: Uint8Array,
  path: string,
): { name: string; isPiece: boolean } {
  const isPiece = key[0] === 0;
  const end = isPiece ? key.indexOf(0, 1) : -1;
  const bytes = key.subarray(isPiece ? 1 : 0, end < 0 ? key.length : end);
  return { name: toText(bytes, path), isPiece };
}
