/**
 * Sealed safetensors: files that carry the SHA-256 of their own bytes.
 *
 * A sealed file can be checked without its manifest, so the files of a stage
 * that was interrupted are kept if they are whole and made again if not.
 */

import { DigestMismatchError, FormatError } from "../errors.ts";
import { sha256, sha256Aside } from "./digest.ts";
import { freeBytes } from "./free_bytes.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type Tensor,
} from "./safetensors.ts";
import {
  decodeHeader,
  decodeHeaderLength,
  PREFIX_BYTES,
  type SafetensorsHeader,
} from "./safetensors_header.ts";
import type { FileEntry, ReadableStore } from "./store.ts";

/** Name of the metadata entry that holds the digest. */
const DIGEST = "digest";

/** Stands in for the digest while the digest is computed. */
const ZEROS = "0".repeat(64);

/** Bytes that hold the header of nearly every file, so that one read is enough. */
const HEADER_GUESS_BYTES = 4096;

/** Position of the digest in the bytes of a file that carries it. */
function digestPosition(bytes: Uint8Array, digest: string): number {
  // Quotes inside other text are escaped, so this stands nowhere else.
  const entry = `"${DIGEST}":"${digest}"`;
  const length = decodeHeaderLength(bytes, {
    fileBytes: bytes.byteLength,
    path: "file",
  });
  // One character a byte, so that positions are those of bytes.
  const header = new TextDecoder("latin1").decode(
    bytes.subarray(0, PREFIX_BYTES + length),
  );
  const start = header.indexOf(entry);
  return start < 0 ? start : start + entry.length - 1 - digest.length;
}

/**
 * Encodes tensors as a file that carries its own digest.
 *
 * The digest is that of the whole file with zeros in its place, as the checksum
 * of a tar header is. So a change of any byte is noticed, of the header too.
 *
 * @param metadata Free text by name; `digest` is added.
 * @param options Whether another thread digests, of a copy.
 */
export async function encodeSealed(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string>,
  { aside = false } = {},
): Promise<Uint8Array> {
  const bytes = encodeSafetensors(tensors, { ...metadata, [DIGEST]: ZEROS });
  const sum = aside ? sha256Aside(bytes) : sha256(bytes);
  const digest = new TextEncoder().encode(await sum);
  bytes.set(digest, digestPosition(bytes, ZEROS));
  return bytes;
}

/** A sealed file, before it is written. */
export interface SealedFile {
  bytes: Uint8Array;
  /** SHA-256 of all of them, in hex. */
  digest: string;
}

/** Makes a sealed file of tensors, here or in another thread; they are given away. */
export type SealTensors = (
  tensors: Record<string, Tensor>,
  metadata: Record<string, string>,
) => Promise<SealedFile>;

/** Does as {@linkcode encodeSealed}, digests the file, and frees the tensors. */
export const sealTensors: SealTensors = async (tensors, metadata) => {
  const bytes = await encodeSealed(tensors, metadata);
  for (const { data } of Object.values(tensors)) freeBytes(data);
  return { bytes, digest: await sha256(bytes) };
};

/**
 * Decodes a sealed file and checks its digest.
 *
 * @returns Tensors, as views into `bytes`, and metadata.
 * @throws {FormatError} If the file is not safetensors, or carries no digest.
 * @throws {DigestMismatchError} If a byte is not what was written.
 */
export async function decodeSealed(
  bytes: Uint8Array,
  path: string,
): Promise<SafetensorsFile> {
  const file = decodeSafetensors(bytes, path);
  const expected = file.metadata[DIGEST];
  const position = expected?.length === ZEROS.length
    ? digestPosition(bytes, expected)
    : -1;
  if (expected === undefined || position < 0) {
    throw new FormatError(
      `Cannot read "${path}" as a sealed file as its header has no entry "${DIGEST}"`,
      { path, byteOffset: PREFIX_BYTES },
    );
  }
  const actual = await sha256(
    bytes.subarray(0, position),
    new TextEncoder().encode(ZEROS),
    bytes.subarray(position + ZEROS.length),
  );
  if (actual !== expected) {
    throw new DigestMismatchError(path, { expected, actual });
  }
  return file;
}

/**
 * Reads the header of a safetensors file without its data.
 *
 * @returns The header, or `undefined` where there is no file.
 * @throws {FormatError} If the header is not valid or does not fill the file.
 */
export async function readHeader(
  store: ReadableStore,
  path: string,
): Promise<SafetensorsHeader | undefined> {
  const entry = await store.stat(path);
  return entry && await readHeaderOf(store, entry);
}

/** Does as {@linkcode readHeader} with a file that was looked up. */
export async function readHeaderOf(
  store: ReadableStore,
  { path, sizeBytes }: FileEntry,
): Promise<SafetensorsHeader> {
  const options = { fileBytes: sizeBytes, path };
  const start = await store.readRange(path, 0, HEADER_GUESS_BYTES);
  const end = PREFIX_BYTES + decodeHeaderLength(start, options);
  const bytes = end <= start.byteLength
    ? start
    : await store.readRange(path, 0, end);
  return decodeHeader(bytes.subarray(PREFIX_BYTES, end), options);
}
