/**
 * Datasets of an HDF5 file as tensors.
 *
 * What lies in one piece becomes a view into the file, without a copy; only
 * big-endian and chunked data are copied.
 *
 * Source: section IV.A.2.i of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @module
 */

import type { Tensor } from "../../../artifact/safetensors.ts";
import type { Hdf5Bytes } from "./hdf5_bytes.ts";
import { readChunks } from "./hdf5_chunks.ts";
import { readFilters } from "./hdf5_filters.ts";
import { findMessage, MESSAGE, type Message } from "./hdf5_header.ts";
import { readShape, readType } from "./hdf5_types.ts";

/** Classes of layouts. */
const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;

/** Copies elements with their bytes in the opposite order. */
function swapBytes(data: Uint8Array, elementBytes: number): Uint8Array {
  const swapped = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start += elementBytes) {
    for (let i = 0; i < elementBytes; i++) {
      swapped[start + i] = data[start + elementBytes - 1 - i]!;
    }
  }
  return swapped;
}

/** Finds a message that a dataset must have. */
function needMessage(
  file: Hdf5Bytes,
  messages: readonly Message[],
  type: "dataspace" | "datatype" | "layout",
  name: string,
): Message {
  return findMessage(file, messages, MESSAGE[type]) ??
    file.fail(`weight "${name}" must be a dataset: it has no ${type}`);
}

/** Reads the bytes of a dataset, elements as the file has them. */
function readData(
  file: Hdf5Bytes,
  messages: readonly Message[],
  options: { name: string; shape: number[]; elementBytes: number },
): Uint8Array {
  const { name, shape, elementBytes } = options;
  const { at } = needMessage(file, messages, "layout", name);
  const [version, layout] = [file.u8(at), file.u8(at + 1)];
  if (version !== 3 && !(version === 4 && layout !== CHUNKED)) {
    file.fail(
      `weight "${name}" must have a data layout of version 3, as Keras writes it: it has version ${version}, class ${layout}`,
      at,
    );
  }
  const sizeBytes = shape.reduce((a, b) => a * b, elementBytes);
  if (layout === CHUNKED) {
    const filters = readFilters(file, messages);
    return readChunks(file, at + 2, { ...options, sizeBytes, filters });
  }
  if (layout !== CONTIGUOUS && layout !== COMPACT) {
    file.fail(`weight "${name}" must lie in this file: it is virtual`, at);
  }
  const isCompact = layout === COMPACT;
  const start = isCompact ? at + 4 : file.address(at + 2);
  const stored = isCompact ? file.u16(at + 2) : file.size(at + 10);
  if (sizeBytes === 0) return new Uint8Array(0);
  if (start === undefined) {
    file.fail(`weight "${name}" must have been written: it has no data`, at);
  }
  if (stored !== sizeBytes) {
    file.fail(
      `weight "${name}" of shape [${shape}] takes ${sizeBytes} bytes: ${stored} are stored`,
      at,
    );
  }
  return file.view(start, sizeBytes);
}

/**
 * Reads a dataset.
 *
 * @param file The file.
 * @param messages The messages of its header.
 * @param name Its name, for errors.
 * @returns The tensor, little endian; a view into the file where it can be.
 * @throws {FormatError} If its elements are no numbers that weights have, or its data is not there.
 */
export function readDataset(
  file: Hdf5Bytes,
  messages: readonly Message[],
  name: string,
): Tensor {
  const shape = readShape(
    file,
    needMessage(file, messages, "dataspace", name).at,
  );
  const typeAt = needMessage(file, messages, "datatype", name).at;
  const type = readType(file, typeAt);
  if (type.kind !== "number") {
    const found = type.kind === "text" ? "string" : type.name;
    file.fail(
      `weight "${name}" must be F16, F32, F64, I32, I64 or U8: it is ${found}`,
      typeAt,
    );
  }
  const { dtype, elementBytes, bigEndian } = type;
  const data = readData(file, messages, { name, shape, elementBytes });
  if (!bigEndian || elementBytes === 1) return { dtype, shape, data };
  file.payCopy(data.length, typeAt);
  return { dtype, shape, data: swapBytes(data, elementBytes) };
}
