/**
 * Files that are too large to be held: written and read in parts, and digested
 * on the way.
 */

import { DigestMismatchError, MissingArtifactError } from "../errors.ts";
import { Sha256 } from "./digest.ts";
import { freeBytes } from "./free_bytes.ts";
import type { ManifestFile } from "./manifest.ts";
import type { Content, ReadableStore } from "./store.ts";

/** Bytes that are read at a time. */
export const PART_BYTES = 1024 * 1024;

/** A content whose size and digest are known once it is written. */
interface MeasuredContent {
  /** The content, to be written once. */
  content: Content;
  describe: (path: string) => ManifestFile;
}

/**
 * Measures a content while it is written.
 *
 * @returns The same bytes, and what becomes known of them.
 */
export function measureContent(content: Content): MeasuredContent {
  const digest = new Sha256();
  let sizeBytes = 0;
  const add = (bytes: Uint8Array) => {
    sizeBytes += bytes.byteLength;
    digest.update(bytes);
    return bytes;
  };
  async function* measured(parts: Exclude<Content, Uint8Array>) {
    for await (const bytes of parts) yield add(bytes);
  }
  return {
    content: content instanceof Uint8Array ? add(content) : measured(content),
    describe: (path) => ({ path, sizeBytes, digest: digest.hex() }),
  };
}

/** Says that a file which a manifest lists is gone. */
export function missingFile(path: string, stage: string): MissingArtifactError {
  return new MissingArtifactError(
    `Cannot read "${path}" of stage "${stage}" as the file is missing: the manifest lists it`,
    { stage, path },
  );
}

/**
 * Reads a file that a manifest lists, in parts.
 *
 * A changed byte is noticed after the last part only, so no part may be used before
 * the file was read to its end.
 *
 * @returns The parts, in order; each is valid until the next is read.
 * @throws {MissingArtifactError} If there is no such file.
 * @throws {DigestMismatchError} If its bytes have changed.
 */
export async function* streamVerified(
  store: ReadableStore,
  options: { path: string; file: ManifestFile; stage: string },
): AsyncGenerator<Uint8Array> {
  const { path, file, stage } = options;
  const entry = await store.stat(path);
  if (entry === undefined) throw missingFile(path, stage);
  const digest = new Sha256();
  for (let start = 0; start < entry.sizeBytes; start += PART_BYTES) {
    const bytes = await store.readRange(path, start, start + PART_BYTES);
    digest.update(bytes);
    yield bytes;
    freeBytes(bytes);
  }
  const actual = digest.hex();
  if (actual !== file.digest) {
    throw new DigestMismatchError(path, { expected: file.digest, actual });
  }
}
