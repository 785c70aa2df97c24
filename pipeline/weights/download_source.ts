/** Where a weight file comes from, and what is published about it. */

import {
  type DigestMismatch,
  DownloadError,
  TransientError,
} from "./download_error.ts";

/** A file to fetch. */
export interface DownloadSource {
  /** Its address; https only. */
  url: string;
  /** Its size, where it is published. */
  sizeBytes?: number;
  /** Its SHA-256 in hex, or the first eight digits or more. */
  sha256?: string;
  /** Its MD5 in hex, where nothing better is published. */
  md5?: string;
}

/** Digests of a file, in lowercase hex. */
export interface FileDigests {
  /** SHA-256, all 64 digits. */
  sha256: string;
  /** MD5, if it was asked for. */
  md5?: string | undefined;
}

/** Most bytes of a file: ten times the largest published one, a ResNet-101 in F32. */
export const MAX_BYTES: number = 2 * 1024 ** 3;

const SHA256_DIGITS = 64;

/**
 * Throws unless a source can be fetched as it is written.
 *
 * @throws {DownloadError} If the address is none, or not https.
 * @throws {SyntaxError} If a digest is not hex of the right length.
 * @throws {RangeError} If the size is not a positive integer.
 */
export function checkSource(source: DownloadSource): void {
  const { url, sizeBytes = 1, sha256, md5 } = source;
  if (!URL.canParse(url)) throw new DownloadError(url, "it is not an address");
  if (new URL(url).protocol !== "https:") {
    throw new DownloadError(url, "it is not https");
  }
  if (sha256 !== undefined && !/^[0-9a-f]{8,64}$/i.test(sha256)) {
    throw new SyntaxError(
      `Cannot download "${url}" as sha256 must be 8 to 64 hex digits: current value is "${sha256}"`,
    );
  }
  if (md5 !== undefined && !/^[0-9a-f]{32}$/i.test(md5)) {
    throw new SyntaxError(
      `Cannot download "${url}" as md5 must be 32 hex digits: current value is "${md5}"`,
    );
  }
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new RangeError(
      `Cannot download "${url}" as sizeBytes must be a positive integer: current value is ${sizeBytes}`,
    );
  }
}

/** Says whether a digest of a source is published, whole or in part. */
export function isPublished(source: DownloadSource): boolean {
  return source.sha256 !== undefined || source.md5 !== undefined;
}

/**
 * Says whether the SHA-256 of the first download has to be recorded.
 *
 * Eight digits and MD5 tell accidents, not intent: a file that passes them is held
 * to its whole SHA-256 from then on as well.
 *
 * @returns Whether less than the whole SHA-256 is published.
 */
export function needsRecord(source: DownloadSource): boolean {
  return source.sha256?.length !== SHA256_DIGITS;
}

/**
 * Compares the digests of a file with those that it must have.
 *
 * @param recorded SHA-256 of the first download, if there is a record.
 * @param digests What the file has; with its MD5 if one is published.
 * @returns The first that differs, or `undefined`.
 */
export function findMismatch(
  source: DownloadSource,
  recorded: string | undefined,
  digests: FileDigests,
): DigestMismatch | undefined {
  const sha256 = source.sha256?.toLowerCase();
  const md5 = source.md5?.toLowerCase();
  const actual = digests.sha256;
  if (sha256 !== undefined && !actual.startsWith(sha256)) {
    const expected = sha256;
    return { algorithm: "SHA-256", expected, actual, from: "published" };
  }
  if (md5 !== undefined && digests.md5 !== md5) {
    const found = digests.md5 ?? "";
    return {
      algorithm: "MD5",
      expected: md5,
      actual: found,
      from: "published",
    };
  }
  const isHeld = recorded !== undefined && needsRecord(source);
  if (isHeld && actual !== recorded) {
    const expected = recorded;
    return { algorithm: "SHA-256", expected, actual, from: "recorded" };
  }
  return undefined;
}

/**
 * Throws if a file of a size is not the one, or too large.
 *
 * @throws {DownloadError} If it is larger than allowed, or than published.
 */
export function checkSize(source: DownloadSource, totalBytes: number): void {
  const { url, sizeBytes } = source;
  if (totalBytes > MAX_BYTES) {
    throw new DownloadError(
      url,
      `it is larger than allowed: ${totalBytes} bytes or more, at most ${MAX_BYTES}`,
    );
  }
  if (sizeBytes !== undefined && totalBytes > sizeBytes) {
    throw new DownloadError(
      url,
      `it has ${totalBytes} bytes or more, expected ${sizeBytes}`,
    );
  }
}

/**
 * Throws if a file has ended too early.
 *
 * @throws {TransientError} If bytes are missing.
 */
export function checkEnd(
  receivedBytes: number,
  totalBytes: number | undefined,
): void {
  if (totalBytes === undefined || receivedBytes >= totalBytes) return;
  throw new TransientError(
    `the file ended after ${receivedBytes} of ${totalBytes} bytes`,
  );
}
