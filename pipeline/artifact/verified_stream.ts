/** Files that are read in parts, and digested on the way. */

import { DigestMismatchError, MissingArtifactError } from "../errors.ts";
import { sha256 } from "./digest.ts";
import { freeBytes } from "./free_bytes.ts";
import type { ManifestFile } from "./manifest.ts";
import type { ReadableStore } from "./store.ts";

/** Bytes that are read at a time. */
export const PART_BYTES = 1024 * 1024;

/** Bytes of a file that is read at once: what digests parts takes 20 ms to load. */
const WHOLE_BYTES = 2 * PART_BYTES;

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
  const require = (actual: string) => {
    if (actual === file.digest) return;
    throw new DigestMismatchError(path, { expected: file.digest, actual });
  };
  const { sizeBytes } = entry;
  if (sizeBytes <= WHOLE_BYTES) {
    const bytes = await store.readRange(path, 0, sizeBytes);
    require(await sha256(bytes));
    yield bytes;
    freeBytes(bytes);
    return;
  }
  const { Sha256 } = await import("./sha256.ts");
  const digest = new Sha256();
  for (let start = 0; start < sizeBytes; start += PART_BYTES) {
    const bytes = await store.readRange(path, start, start + PART_BYTES);
    digest.update(bytes);
    yield bytes;
    freeBytes(bytes);
  }
  require(digest.hex());
}
