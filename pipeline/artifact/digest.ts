/**
 * Digests: SHA-256 of bytes, which identifies content.
 *
 * Computed by `node:crypto`, which takes bytes in parts and copies none, where
 * `crypto.subtle` wants them whole and copies them all.
 */

import { createHash, type Hash } from "node:crypto";

/** SHA-256 of bytes that come in parts. */
export class Sha256 {
  readonly #hash: Hash = createHash("sha256");

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /**
   * Ends the digest; nothing can be added any more.
   *
   * @returns 64 lower-case hex characters.
   */
  hex(): string {
    return this.#hash.digest("hex");
  }
}

/**
 * Returns the SHA-256 of bytes.
 *
 * @example Usage
 * ```ts
 * const digest = await sha256(new TextEncoder().encode("abc"));
 * digest.slice(0, 8); // "ba7816bf"
 * ```
 *
 * @param parts The bytes to digest, in one part or several.
 * @returns 64 lower-case hex characters.
 */
export function sha256(...parts: Uint8Array[]): Promise<string> {
  const digest = new Sha256();
  for (const bytes of parts) digest.update(bytes);
  return Promise.resolve(digest.hex());
}
