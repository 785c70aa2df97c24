/** Weight files of any format: what a file is, its bytes say, not its name. */

import { sha256 } from "../artifact/digest.ts";
import { decodeSafetensors, type Tensor } from "../artifact/safetensors.ts";
import type { FileEntry, ReadableStore } from "../artifact/store.ts";
import { FormatError } from "../errors.ts";
import { decodeKerasH5, isHdf5, isKerasZip } from "./formats/keras_h5.ts";
import { FOOTER_BYTES, isTable } from "./formats/sstable.ts";
import { extractCheckpoint, isGzip } from "./formats/tar_gz.ts";

/** Format of a weight file, in words. */
export type WeightFormat =
  | "safetensors"
  | "sharded safetensors"
  | "PyTorch"
  | "Keras HDF5"
  | "TensorFlow V2 checkpoint"
  | "TensorFlow V1 checkpoint";

/** A weight file that has been read. */
export interface WeightFile {
  /** Name of the file, as the user gave it. */
  path: string;
  format: WeightFormat;
  /** Tensors by the names of the file. */
  tensors: ReadonlyMap<string, Tensor>;
  /** SHA-256 of the file; of the list of digests where there are several. */
  digest: string;
  /** What takes the memory: the bytes of each file, or of each tensor where they were copied out of it. */
  parts: readonly Uint8Array[];
}

/** A weight file that has been read, but for its name. */
type Decoded = Omit<WeightFile, "path">;

/**
 * Most bytes of a weight file, all its parts together: as many as are fetched. A
 * ResNet-152 in double precision has 0.5 GB.
 */
const MAX_BYTES = 2 ** 31;

/** Bytes at the start of a file that tell its format. */
const HEAD_BYTES = 16;

/** Files above this size are looked at before they are read. */
const SMALL_BYTES = 2 ** 24;

/** A file by its name. */
type NamedBytes = readonly [name: string, bytes: Uint8Array];

/** Says that files are too large. */
function tooLarge(path: string, sizeBytes: number): FormatError {
  return new FormatError(
    `Cannot read "${path}" as weights as it must have at most ${MAX_BYTES} bytes: it has ${sizeBytes}`,
    { path },
  );
}

/** Whether a file may be of one of the formats, by its first and last bytes. */
async function mayBeWeights(
  store: ReadableStore,
  { path, sizeBytes }: FileEntry,
): Promise<boolean> {
  const head = await store.readRange(path, 0, HEAD_BYTES);
  const footer = sizeBytes - FOOTER_BYTES;
  const tail = await store.readRange(path, footer, sizeBytes);
  const isJson = head[8] === "{".charCodeAt(0);
  return isZipOrPickle(head) || isJson || isGzip(head) ||
    isHdf5(head) || isTable(tail);
}

/** Whether a file may be a zip archive or a pickle. */
function isZipOrPickle(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b || head[0] === 0x80;
}

/** Reads a file if it is there, and not if it is too large or of no format. */
async function readWhole(
  store: ReadableStore,
  path: string,
): Promise<Uint8Array | undefined> {
  const entry = await store.stat(path);
  if (entry === undefined) return undefined;
  const { sizeBytes } = entry;
  if (sizeBytes > MAX_BYTES) throw tooLarge(path, sizeBytes);
  if (sizeBytes > SMALL_BYTES && !await mayBeWeights(store, entry)) {
    throw noWeights(path, sizeBytes);
  }
  return await store.read(path);
}

/** Says that a file is of none of the formats. */
function noWeights(path: string, sizeBytes: number): FormatError {
  return new FormatError(
    `Cannot read "${path}" as weights as it must be safetensors, PyTorch, Keras HDF5 or a TensorFlow checkpoint: its ${sizeBytes} bytes are none of them`,
    { path },
  );
}

/** Reads files that must be there, and not if they are too large together. */
async function readParts(
  store: ReadableStore,
  names: readonly string[],
): Promise<NamedBytes[]> {
  let total = 0;
  for (const name of names) {
    const entry = await store.stat(name);
    if (entry === undefined) {
      throw new FormatError(
        `Cannot read "${name}" as a part of the weights: there is no such file`,
        { path: name },
      );
    }
    total += entry.sizeBytes;
  }
  if (total > MAX_BYTES) throw tooLarge(names[0]!, total);
  const parts: NamedBytes[] = [];
  for (const name of names) parts.push([name, (await store.read(name))!]);
  return parts;
}

/** SHA-256 of one file, or of the list of digests where there are several, whatever they are called. */
async function digestOf(parts: readonly NamedBytes[]): Promise<string> {
  const digests: string[] = [];
  for (const [, bytes] of parts) digests.push(await sha256(bytes));
  if (digests.length === 1) return digests[0]!;
  return await sha256(new TextEncoder().encode(digests.join("\n")));
}

/** Adds the digest to tensors that are views of the bytes of files. */
async function describe(
  format: WeightFormat,
  tensors: ReadonlyMap<string, Tensor>,
  files: readonly NamedBytes[],
): Promise<Decoded> {
  const digest = await digestOf(files);
  return { format, tensors, digest, parts: files.map(([, bytes]) => bytes) };
}

/** Reads safetensors in several files. */
async function openSharded(
  store: ReadableStore,
  index: NamedBytes,
): Promise<Decoded> {
  const [path, bytes] = index;
  const { decodeShardIndex, joinShards } = await import(
    "./formats/sharded_safetensors.ts"
  );
  const map = decodeShardIndex(bytes, path);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const names = [...new Set(map.values())].sort();
  const parts = await readParts(store, names.map((name) => folder + name));
  const files = new Map(parts.map(([, bytes], i) => [names[i]!, bytes]));
  const tensors = joinShards(map, files, path);
  return await describe("sharded safetensors", tensors, [index, ...parts]);
}

/** Reads a TensorFlow V2 checkpoint. */
async function openBundle(
  store: ReadableStore,
  index: NamedBytes,
): Promise<Decoded> {
  const [path, bytes] = index;
  const { countShards, decodeTensorBundle } = await import(
    "./formats/tf_bundle.ts"
  );
  const base = path.replace(/\.index$/, "");
  const count = countShards(bytes, path);
  const digits = (n: number) => String(n).padStart(5, "0");
  const names = Array.from(
    { length: count },
    (_, i) => `${base}.data-${digits(i)}-of-${digits(count)}`,
  );
  const parts = await readParts(store, names);
  const shards = parts.map(([, bytes]) => bytes);
  const tensors = decodeTensorBundle(bytes, shards, base);
  return await describe("TensorFlow V2 checkpoint", tensors, [index, ...parts]);
}

/** Reads a Keras file, whose bytes are handed over: its digest is taken before. */
async function openKeras(file: NamedBytes): Promise<Decoded> {
  const [path, bytes] = file;
  const digest = await digestOf([file]);
  const tensors = await decodeKerasH5(bytes, path);
  const parts = [...tensors.values()].map(({ data }) => data);
  return { format: "Keras HDF5", tensors, digest, parts };
}

/** Reads a TensorFlow V1 checkpoint. */
async function openTfV1(bytes: Uint8Array, file: NamedBytes): Promise<Decoded> {
  const { decodeTfV1 } = await import("./formats/tf_v1.ts");
  const tensors = decodeTfV1(bytes, file[0]);
  return await describe("TensorFlow V1 checkpoint", tensors, [file]);
}

/** Decodes a file by its first bytes, or those at its end. The code of most formats loads when it is needed. */
async function decode(
  store: ReadableStore,
  file: NamedBytes,
): Promise<Decoded> {
  const [path, bytes] = file;
  if (path.endsWith(".index.json")) return await openSharded(store, file);
  const tables = isTable(bytes) &&
    await import("./formats/tf_bundle_or_v1.ts");
  if (tables && tables.isTensorBundleIndex(bytes)) {
    return await openBundle(store, file);
  }
  if (isGzip(bytes)) {
    return await openTfV1(await extractCheckpoint(bytes, path), file);
  }
  if (tables && tables.isTfV1(bytes)) {
    return await openTfV1(bytes, file);
  }
  if (isHdf5(bytes) || isKerasZip(bytes)) return await openKeras(file);
  const pytorch = isZipOrPickle(bytes) &&
    await import("./formats/pytorch.ts");
  if (pytorch && pytorch.isPytorch(bytes)) {
    const tensors = pytorch.decodePytorch(bytes, path);
    return await describe("PyTorch", tensors, [file]);
  }
  // Its header is a JSON object after 8 bytes of length.
  if (path.endsWith(".safetensors") || bytes[8] === "{".charCodeAt(0)) {
    const { tensors } = decodeSafetensors(bytes, path);
    return await describe("safetensors", tensors, [file]);
  }
  throw noWeights(path, bytes.byteLength);
}

/**
 * Opens a weight file: safetensors, PyTorch, Keras HDF5, or a TensorFlow
 * checkpoint by its prefix, its index or its data.
 *
 * @returns The file, or `undefined` where there is none.
 * @throws {FormatError} If it is of none of the formats, or damaged.
 * @throws {FileAccessError} If it cannot be read, or is HDF5 and the library for that does not load.
 */
export async function openWeights(
  store: ReadableStore,
  path: string,
): Promise<WeightFile | undefined> {
  const prefix = path.replace(/\.data-\d{5}-of-\d{5}$/, "");
  const isPrefix = prefix !== path || await store.stat(path) === undefined;
  const name = isPrefix ? `${prefix}.index` : path;
  const bytes = await readWhole(store, name);
  if (bytes === undefined) return undefined;
  return { path, ...await decode(store, [name, bytes]) };
}
