/**
 * Digests: SHA-256 of bytes, which identifies content.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";

/**
 * Returns the SHA-256 of `bytes`.
 *
 * @example Usage
 * ```ts
 * const digest = await sha256(new TextEncoder().encode("abc"));
 * digest.slice(0, 8); // "ba7816bf"
 * ```
 *
 * @param bytes The bytes to digest.
 * @returns 64 lower-case hex characters.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const view = bytes as Uint8Array<ArrayBuffer>;
  return encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", view)));
}
