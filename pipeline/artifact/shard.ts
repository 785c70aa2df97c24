/**
 * Sealed safetensors: files that carry the SHA-256 of their own data section.
 *
 * A sealed file can be checked without its manifest, so the files of a stage
 * that was interrupted are kept if they are whole and made again if not.
 *
 * @module
 */

import { DigestMismatchError, FormatError } from "../errors.ts";
import { sha256 } from "./digest.ts";
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
import type { ReadableStore } from "./store.ts";

/** Name of the metadata entry that holds the digest. */
const DIGEST = "digest";

/** Bytes of the data section of an encoded file. */
function dataSection(bytes: Uint8Array, path: string): Uint8Array {
  const options = { fileBytes: bytes.byteLength, path };
  return bytes.subarray(PREFIX_BYTES + decodeHeaderLength(bytes, options));
}

/**
 * Encodes tensors with the digest of their data in the header.
 *
 * @param tensors Tensors by name.
 * @param metadata Free text by name; `digest` is added.
 * @returns The bytes of the file.
 */
export async function encodeSealed(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string>,
): Promise<Uint8Array> {
  // Encoded twice: the header comes before the data it has the digest of, and
  // a copy in memory costs far less than the digest itself.
  const digest = await sha256(dataSection(encodeSafetensors(tensors), "data"));
  return encodeSafetensors(tensors, { ...metadata, [DIGEST]: digest });
}

/**
 * Decodes a sealed file and checks its digest.
 *
 * @param bytes The bytes of the file.
 * @param path Name of the file, for errors.
 * @returns Tensors, as views into `bytes`, and metadata.
 * @throws {FormatError} If the file is not safetensors, or carries no digest.
 * @throws {DigestMismatchError} If the data is not what was written.
 */
export async function decodeSealed(
  bytes: Uint8Array,
  path: string,
): Promise<SafetensorsFile> {
  const file = decodeSafetensors(bytes, path);
  const expected = file.metadata[DIGEST];
  if (expected === undefined) {
    throw new FormatError(
      `Cannot read "${path}" as a sealed file as its header has no entry "${DIGEST}"`,
      { path, byteOffset: 8 },
    );
  }
  const actual = await sha256(dataSection(bytes, path));
  if (actual !== expected) {
    throw new DigestMismatchError(path, { expected, actual });
  }
  return file;
}

/**
 * Reads the header of a safetensors file without its data.
 *
 * @param store The store that holds the file.
 * @param path Path of the file.
 * @returns The header, or `undefined` where there is no file.
 * @throws {FormatError} If the header is not valid or does not fill the file.
 */
export async function readHeader(
  store: ReadableStore,
  path: string,
): Promise<SafetensorsHeader | undefined> {
  const entry = await store.stat(path);
  if (entry === undefined) return undefined;
  const options = { fileBytes: entry.sizeBytes, path };
  const prefix = await store.readRange(path, 0, PREFIX_BYTES);
  const length = decodeHeaderLength(prefix, options);
  const json = await store.readRange(
    path,
    PREFIX_BYTES,
    PREFIX_BYTES + length,
  );
  return decodeHeader(json, options);
}
