/** What can go wrong when a weight file is fetched. */

import { DigestMismatchError } from "../errors.ts";

/** A file cannot be fetched; trying again at once does not help. */
export class DownloadError extends Error {
  /** Name of the error. */
  override name = "DownloadError";
  /** Address that was asked for, before redirects. */
  readonly url: string;
  /** Why, as the end of a sentence. */
  readonly reason: string;

  /** Creates the error. */
  constructor(url: string, reason: string, options?: ErrorOptions) {
    super(`Cannot download "${url}" as ${reason}`, options);
    this.url = url;
    this.reason = reason;
  }
}

/** A way to digest bytes, by the name that people know. */
type DigestAlgorithm = "SHA-256" | "MD5";

/** A digest that is not the one that was expected. */
export interface DigestMismatch {
  /** How both were made. */
  algorithm: DigestAlgorithm;
  /** Digest that was expected, in hex; for SHA-256 perhaps only its start. */
  expected: string;
  /** Digest of the bytes that were found, in hex. */
  actual: string;
  /** Where the expected one is from. */
  from: "published" | "recorded";
}

/** Bytes of a file are not those that its source says. */
export class WrongDigestError extends DigestMismatchError {
  /**
   * Creates the error.
   *
   * @param message What was wanted and why that cannot be; the digests are appended.
   */
  constructor(message: string, path: string, mismatch: DigestMismatch) {
    super(path, mismatch);
    const { algorithm, actual, expected } = mismatch;
    this.message =
      `${message}: ${algorithm} is ${actual}, expected ${expected}`;
  }
}

/** An attempt has failed in a way that the next one may not. */
export class TransientError extends Error {
  override name = "TransientError";
  /** Least time until the next attempt, as the server asks for. */
  readonly retryAfterMs: number;

  /** Creates the error. */
  constructor(
    reason: string,
    options: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(reason, options);
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}
