/**
 * Digests: SHA-256 of bytes, which identifies content.
 *
 * The first 8 MB of a thread, each call counted as 64 KB more, are digested by
 * `crypto.subtle`, which copies them for another thread. Those after are digested in this
 * thread by `node:crypto`, which copies nothing; to load it takes 20 ms, once.
 */

import { concat } from "@std/bytes/concat";
import type { Sha256 } from "./sha256.ts";

/** Bytes that `crypto.subtle` digests in the time of a call. */
const CALL_BYTES = 2 ** 16;

/** Bytes that `crypto.subtle` may still digest. */
let quota = 2 ** 23;

/** Begins a digest by `node:crypto`, with parts that were held back. */
async function begin(held: Uint8Array[]): Promise<Sha256> {
  const { Sha256 } = await import("./sha256.ts");
  const digest = new Sha256();
  for (const bytes of held.splice(0)) digest.update(bytes);
  return digest;
}

/** Returns the SHA-256 of bytes, which another thread digests a copy of. */
export async function sha256Aside(bytes: Uint8Array): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return new Uint8Array(sum).toHex();
}

/**
 * Returns the SHA-256 of bytes that are made in parts. They must not change until it
 * settles.
 *
 * @returns 64 lower-case hex characters.
 */
export async function sha256OfParts(
  parts: Iterable<Uint8Array>,
): Promise<string> {
  quota -= CALL_BYTES;
  const held: Uint8Array[] = [];
  let digest: Sha256 | undefined;
  for (const bytes of parts) {
    quota -= bytes.byteLength;
    if (quota < 0) digest ??= await begin(held);
    if (digest) digest.update(bytes);
    else held.push(bytes);
  }
  if (digest) return digest.hex();
  return await sha256Aside(held.length === 1 ? held[0]! : concat(held));
}

/**
 * Returns the SHA-256 of bytes. The bytes must not change until it settles.
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
  return sha256OfParts(parts);
}
