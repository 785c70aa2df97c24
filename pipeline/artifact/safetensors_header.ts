/**
 * The header of a safetensors file: its tensors and their positions.
 *
 * Every claim of the header is checked before anything is allocated for it.
 *
 * Source: https://github.com/huggingface/safetensors#format.
 */

import { FormatError } from "../errors.ts";

/** Element type of a tensor, as safetensors writes it. */
export type Dtype = "U8" | "F16" | "BF16" | "I32" | "F32" | "F64" | "I64";

/** Bytes an element takes. */
export const DTYPE_BYTES: Readonly<Record<Dtype, number>> = {
  U8: 1,
  F16: 2,
  BF16: 2,
  I32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
};

/** Type, shape and position of a tensor in the data section of a file. */
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

/**
 * Largest header read, in bytes. The reference implementation has the same
 * limit, "to prevent DOS attacks".
 */
export const MAX_HEADER_BYTES = 100_000_000;

/** Bytes before the header: its length as a 64-bit integer, little endian. */
export const PREFIX_BYTES = 8;

/** Throws what is wrong with a file: the end of a sentence. */
type Fail = (what: string) => never;

/** Returns what throws the errors of a file, at a position. */
function failing(path: string, byteOffset = 0): Fail {
  return (what) => {
    const message = `Cannot read "${path}" as safetensors as ${what}`;
    throw new FormatError(message, { path, byteOffset });
  };
}

/**
 * Reads the length of the header from the first 8 bytes of a file.
 *
 * @param prefix The first 8 bytes, or more.
 * @throws {FormatError} If there are fewer than 8 bytes, or the length is over {@linkcode MAX_HEADER_BYTES} or past the end of the file.
 */
export function decodeHeaderLength(
  prefix: Uint8Array,
  options: { fileBytes: number; path: string },
): number {
  const { fileBytes, path } = options;
  const fail: Fail = failing(path);
  if (prefix.byteLength < PREFIX_BYTES) {
    fail(`the file must have at least 8 bytes: it has ${prefix.byteLength}`);
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    fail(
      `a header must have at most ${MAX_HEADER_BYTES} bytes: it claims ${length}`,
    );
  }
  if (PREFIX_BYTES + Number(length) > fileBytes) {
    fail(`its header claims ${length} bytes: the file has ${fileBytes}`);
  }
  return Number(length);
}

/** Finds the end of a string of a JSON text by its first quote; a string may be of many megabytes, too much for a pattern. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1;; at++) {
    at = json.indexOf('"', at);
    let escapes = 0;
    while (json[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
}

/**
 * Finds a name that an object of a JSON text has twice. `JSON.parse` keeps the
 * last one, other readers the first, and the format allows neither.
 */
function findRepeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  const tokens = /[{}"]/g;
  const colon = /\s*:/y;
  for (let token = tokens.exec(json); token; token = tokens.exec(json)) {
    const { index, 0: mark } = token;
    if (mark === "{") open.push(new Set());
    else if (mark === "}") open.pop();
    else {
      const end = endOfString(json, index);
      tokens.lastIndex = end;
      colon.lastIndex = end;
      if (!colon.test(json)) continue;
      const names = open.at(-1)!;
      const text: string = JSON.parse(json.slice(index, end));
      if (names.has(text)) return text;
      names.add(text);
    }
  }
  return undefined;
}

/** Checks one entry of the header; `next` is where its data must start. */
function decodeEntry(
  name: string,
  value: unknown,
  next: number,
  fail: Fail,
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
 * @throws {FormatError} If the header is not valid, or its tensors do not fill the file exactly.
 */
export function decodeHeader(
  json: Uint8Array,
  options: { fileBytes: number; path: string },
): SafetensorsHeader {
  const { fileBytes, path } = options;
  const fail: Fail = failing(path, PREFIX_BYTES);
  let text = "";
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    header = JSON.parse(text);
  } catch {
    fail("its header must be JSON in UTF-8");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    fail("its header must be a JSON object");
  }
  const repeated = findRepeatedName(text);
  if (repeated !== undefined) {
    fail(`each name of its header must stand once: "${repeated}" stands twice`);
  }
  const dataStart = PREFIX_BYTES + json.byteLength;
  const { __metadata__: metadata = {}, ...rest } = header as Record<
    string,
    unknown
  >;
  const isText = (v: unknown) => typeof v === "string";
  if (
    typeof metadata !== "object" || metadata === null ||
    Array.isArray(metadata) || !Object.values(metadata).every(isText)
  ) {
    fail("__metadata__ must map names to strings");
  }
  const byStart = Object.entries(rest).sort(([, a], [, b]) => {
    const offset = (v: unknown, i: 0 | 1) =>
      Number((v as { data_offsets?: number[] })?.data_offsets?.[i] ?? 0);
    return offset(a, 0) - offset(b, 0) || offset(a, 1) - offset(b, 1);
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
