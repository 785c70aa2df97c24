/**
 * Fetched files that are kept, and the digests that they are held to (an edge).
 *
 * Where less than the whole SHA-256 of a file is published, that of the first
 * download is in `<target>.sha256`, in the form that `sha256sum --check` reads.
 */

import { createHash } from "node:crypto";
import { basename, dirname } from "../path.ts";
import { FileStore } from "../artifact/file_store.ts";
import { DigestMismatchError, FormatError } from "../errors.ts";
import { WrongDigestError } from "./download_error.ts";
import {
  checkSource,
  type DownloadSource,
  type FileDigests,
  findMismatch,
} from "./download_source.ts";

/** Bytes that are digested at a time. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Digests a file, a block at a time.
 *
 * @param source What is published; MD5 is computed only where it is.
 */
export async function digestFile(
  path: string,
  source: DownloadSource,
  signal?: AbortSignal,
): Promise<FileDigests> {
  using file = await Deno.open(path);
  const sha256 = createHash("sha256");
  const md5 = source.md5 === undefined ? undefined : createHash("md5");
  const block = new Uint8Array(BLOCK_BYTES);
  for (;;) {
    signal?.throwIfAborted();
    const count = await file.read(block);
    if (count === null) break;
    const bytes = block.subarray(0, count);
    sha256.update(bytes);
    md5?.update(bytes);
  }
  return { sha256: sha256.digest("hex"), md5: md5?.digest("hex") };
}

/** Returns the path of the record of a file. */
function recordPath(target: string): string {
  return `${target}.sha256`;
}

/**
 * Returns the SHA-256 that was recorded at the first use of a file.
 *
 * @throws {FormatError} If the record is damaged: a file must not become a first use by that.
 */
export async function readRecord(target: string): Promise<string | undefined> {
  const store = new FileStore(dirname(target));
  const name = basename(recordPath(target));
  if (await store.stat(name) === undefined) return undefined;
  const bytes = await store.readRange(name, 0, 65);
  const digest = /^([0-9a-f]{64})\s/.exec(new TextDecoder().decode(bytes))?.[1];
  if (digest === undefined) {
    const path = recordPath(target);
    throw new FormatError(
      `Cannot read "${path}" as it must start with 64 hex digits and a space`,
      { path },
    );
  }
  return digest;
}

/** Records the SHA-256 of a file at its first use. */
export async function writeRecord(
  target: string,
  sha256: string,
): Promise<void> {
  const line = `${sha256}  ${basename(target)}\n`;
  await new FileStore(dirname(target)).writeAtomic(
    basename(recordPath(target)),
    new TextEncoder().encode(line),
  );
}

/**
 * Checks the bytes of a kept file against the published digest and the recorded
 * one. Reads only; neither memory nor time depends on anything but its size.
 *
 * @param target Absolute path of the file.
 * @returns Its SHA-256 in hex, or `undefined` if it is not there.
 * @throws {FormatError} If it has another size than is published, or its record is damaged.
 * @throws {DigestMismatchError} If its bytes are not those that it is held to.
 */
export async function verifyCached(
  source: DownloadSource,
  target: string,
  options: { signal?: AbortSignal } = {},
): Promise<string | undefined> {
  checkSource(source);
  const entry = await new FileStore(dirname(target)).stat(basename(target));
  if (entry === undefined) return undefined;
  const wanted = source.sizeBytes ?? entry.sizeBytes;
  if (entry.sizeBytes !== wanted) {
    throw new FormatError(
      `Cannot use "${target}" as it has ${entry.sizeBytes} bytes, expected ${wanted}`,
      { path: target },
    );
  }
  const recorded = await readRecord(target);
  const digests = await digestFile(target, source, options.signal);
  const mismatch = findMismatch(source, recorded, digests);
  if (mismatch?.from === "recorded") {
    throw new DigestMismatchError(target, mismatch);
  }
  if (mismatch !== undefined) {
    const message = `Cannot use "${target}" as it is not the published file`;
    throw new WrongDigestError(message, target, mismatch);
  }
  return digests.sha256;
}
