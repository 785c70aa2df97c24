/**
 * The seal of a file, computed apart from the code that writes it.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";

/**
 * Returns the digest that a sealed file must carry.
 *
 * @param bytes The file; it may be damaged outside the digest.
 * @param digest The digest that stands in it, 64 hex digits.
 * @returns SHA-256 of the file with zeros in the place of the digest.
 */
export async function digestOf(
  bytes: Uint8Array,
  digest: string,
): Promise<string> {
  const sought = Array.from(digest, (char) => char.charCodeAt(0));
  const position = bytes.findIndex((_, i) =>
    sought.every((code, k) => bytes[i + k] === code)
  );
  const zeroed = bytes.slice();
  zeroed.fill("0".charCodeAt(0), position, position + sought.length);
  return encodeHex(await crypto.subtle.digest("SHA-256", zeroed));
}
