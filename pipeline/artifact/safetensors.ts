/**
 * The safetensors format: named tensors in one file.
 *
 * Layout: 8 bytes header length (little endian), a JSON header, raw data. Bytes
 * written here are a function of the tensors and the metadata alone: keys are
 * sorted, and the header is padded with spaces so that data starts at a
 * multiple of 8 bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format.
 *
 * @module
 */

import { FormatError } from "../errors.ts";

/** Bytes an element takes, by dtype as safetensors writes it. */
export const DTYPE_BYTES = {
  U8: 1,
  F16: 2,
  BF16: 2,
  I32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
} as const;

/** Element type of a tensor, as safetensors writes it. */
export type Dtype = keyof typeof DTYPE_BYTES;

/** Bytes of a tensor with what gives them meaning. */
export interface Tensor {
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension, the outermost first. */
  shape: number[];
  /** Elements in row-major order, little endian. */
  data: Uint8Array;
}

/** Where a tensor lies in the data section of a file. */
export interface TensorEntry {
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension, the outermost first. */
  shape: number[];
  /** First byte, and the byte after the last, from the start of the data section. */
  offsets: [start: number, end: number];
}

/** The header of a file. */
export interface SafetensorsHeader {
  /** Tensors by name, in the order of the file. */
  tensors: Map<string, TensorEntry>;
  /** Free text by name. */
  metadata: Record<string, string>;
  /** First byte of the data section, from the start of the file. */
  dataStart: number;
}

/** A whole file: its tensors and its metadata. */
export interface SafetensorsFile {
  /** Tensors by name. */
  tensors: Map<string, Tensor>;
  /** Free text by name. */
  metadata: Record<string, string>;
}

/**
 * Largest header read, in bytes. The reference implementation has the same
 * limit, "to prevent DOS attacks".
 */
export const MAX_HEADER_BYTES = 100_000_000;

const PREFIX_BYTES = 8;

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
 * @param tensors Tensors by name.
 * @param metadata Free text by name, written in the order of the names.
 * @returns The bytes of the file.
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
 * Reads the length of the header from the first 8 bytes of a file.
 *
 * @param prefix The first 8 bytes, or more.
 * @param path Name of the file, for errors.
 * @returns The length of the JSON header in bytes.
 * @throws {FormatError} If there are fewer than 8 bytes, or the length is over {@linkcode MAX_HEADER_BYTES}.
 */
export function decodeHeaderLength(prefix: Uint8Array, path: string): number {
  if (prefix.byteLength < PREFIX_BYTES) {
    throw new FormatError(
      `Cannot read "${path}" as safetensors as the file must have at least 8 bytes: it has ${prefix.byteLength}`,
      { path },
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new FormatError(
      `Cannot read "${path}" as safetensors as a header must have at most ${MAX_HEADER_BYTES} bytes: it claims ${length}`,
      { path },
    );
  }
  return Number(length);
}

/** Checks one entry of the header; `next` is where its data must start. */
function decodeEntry(
  name: string,
  value: unknown,
  next: number,
  fail: (what: string) => never,
): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as {
    dtype?: unknown;
    shape?: unknown;
    data_offsets?: unknown;
  };
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    fail(
      `dtype of tensor "${name}" must be one of ${
        Object.keys(DTYPE_BYTES).join(", ")
      }: it is ${JSON.stringify(dtype)}`,
    );
  }
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    fail(`shape of tensor "${name}" must be a list of sizes`);
  }
  if (
    !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)
  ) {
    fail(`data_offsets of tensor "${name}" must be two positions`);
  }
  const [start, end] = offsets as [number, number];
  const size = (shape as number[]).reduce(
    (a, b) => a * b,
    DTYPE_BYTES[dtype as Dtype],
  );
  if (start !== next || end - start !== size) {
    fail(
      `tensor "${name}" must lie at [${next}, ${
        next + size
      }] of the data, without gap or overlap: it claims [${start}, ${end}]`,
    );
  }
  return {
    dtype: dtype as Dtype,
    shape: shape as number[],
    offsets: [start, end],
  };
}

/**
 * Decodes the header of a file.
 *
 * @param json The JSON header, without the 8 bytes of its length.
 * @param options The size of the whole file in bytes, and its name for errors.
 * @returns Tensors, metadata and where the data starts.
 * @throws {FormatError} If the header is not valid, or its tensors do not fill the file exactly.
 */
export function decodeHeader(
  json: Uint8Array,
  options: { fileBytes: number; path: string },
): SafetensorsHeader {
  const { fileBytes, path } = options;
  const fail = (what: string): never => {
    throw new FormatError(`Cannot read "${path}" as safetensors as ${what}`, {
      path,
      byteOffset: PREFIX_BYTES,
    });
  };
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    fail("its header must be JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail("its header must be a JSON object");
  }
  const dataStart = PREFIX_BYTES + json.byteLength;
  const { __metadata__: metadata = {}, ...rest } = header as Record<
    string,
    unknown
  >;
  const isText = (v: unknown) => typeof v === "string";
  if (
    typeof metadata !== "object" || metadata === null ||
    !Object.values(metadata).every(isText)
  ) {
    fail("__metadata__ must map names to strings");
  }
  const byStart = Object.entries(rest).sort(([, a], [, b]) => {
    const start = (v: unknown) =>
      Number((v as { data_offsets?: number[] })?.data_offsets?.[0] ?? 0);
    const end = (v: unknown) =>
      Number((v as { data_offsets?: number[] })?.data_offsets?.[1] ?? 0);
    return start(a) - start(b) || end(a) - end(b);
  });
  const tensors = new Map<string, TensorEntry>();
  let next = 0;
  for (const [name, value] of byStart) {
    const entry = decodeEntry(name, value, next, fail);
    tensors.set(name, entry);
    next = entry.offsets[1];
  }
  if (dataStart + next !== fileBytes) {
    fail(
      `its header describes ${
        dataStart + next
      } bytes: the file has ${fileBytes}`,
    );
  }
  return { tensors, metadata: metadata as Record<string, string>, dataStart };
}

/**
 * Decodes a whole file. Tensors are views into `bytes`, without a copy.
 *
 * @param bytes The bytes of the file.
 * @param path Name of the file, for errors.
 * @returns Tensors and metadata.
 * @throws {FormatError} If the file is not valid.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  path: string,
): SafetensorsFile {
  const length = decodeHeaderLength(bytes, path);
  if (PREFIX_BYTES + length > bytes.byteLength) {
    throw new FormatError(
      `Cannot read "${path}" as safetensors as its header claims ${length} bytes: the file has ${bytes.byteLength}`,
      { path },
    );
  }
  const json = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  const header = decodeHeader(json, { fileBytes: bytes.byteLength, path });
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
