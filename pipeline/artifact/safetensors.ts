/**
 * The safetensors format: named tensors in one file.
 *
 * Layout: 8 bytes header length (little endian), a JSON header, raw data. Bytes
 * written here are a function of the tensors and the metadata alone: keys are
 * sorted, and the header is padded with spaces so that data starts at a
 * multiple of 8 bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format.
 */

import {
  decodeHeader,
  decodeHeaderLength,
  type Dtype,
  DTYPE_BYTES,
  PREFIX_BYTES,
} from "./safetensors_header.ts";

/** Bytes of a tensor with what gives them meaning. */
export interface Tensor {
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension, the outermost first. */
  shape: number[];
  /** Elements in row-major order, little endian. */
  data: Uint8Array;
}

/** A whole file: its tensors and its metadata. */
export interface SafetensorsFile {
  /** Tensors by name. */
  tensors: Map<string, Tensor>;
  /** Free text by name. */
  metadata: Record<string, string>;
}

/** Large elements first, so that each tensor starts at a multiple of its element size. */
function compareTensors(
  [nameA, a]: [string, Tensor],
  [nameB, b]: [string, Tensor],
): number {
  const size = DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype];
  return size || (nameA < nameB ? -1 : 1);
}

/**
 * Encodes tensors as a file.
 *
 * @param metadata Free text by name, written in the order of the names.
 * @throws {RangeError} If the data of a tensor does not have the size that its shape says.
 */
export function encodeSafetensors(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    header.__metadata__ = Object.fromEntries(keys.map((k) => [k, metadata[k]]));
  }
  const entries = Object.entries(tensors).sort(compareTensors);
  let dataBytes = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const expected = shape.reduce((a, b) => a * b, DTYPE_BYTES[dtype]);
    if (data.byteLength !== expected) {
      throw new RangeError(
        `Cannot encode tensor "${name}" as ${dtype} [${shape}] takes ${expected} bytes: ${data.byteLength} were given`,
      );
    }
    const end = dataBytes + expected;
    header[name] = { dtype, shape, data_offsets: [dataBytes, end] };
    dataBytes = end;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const dataStart = PREFIX_BYTES + headerBytes;
  const bytes = new Uint8Array(dataStart + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(text, PREFIX_BYTES);
  bytes.fill(0x20, PREFIX_BYTES + text.length, dataStart);
  let offset = dataStart;
  for (const [, { data }] of entries) {
    bytes.set(data, offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes a whole file. Tensors are views into `bytes`, without a copy.
 *
 * @throws {FormatError} If the file is not valid.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  path: string,
): SafetensorsFile {
  const options = { fileBytes: bytes.byteLength, path };
  const length = decodeHeaderLength(bytes, options);
  const json = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  const header = decodeHeader(json, options);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, offsets }] of header.tensors) {
    const [start, end] = offsets;
    const data = bytes.subarray(
      header.dataStart + start,
      header.dataStart + end,
    );
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata: header.metadata };
}
