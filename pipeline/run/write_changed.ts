/**
 * Views of what stages wrote, which are written only if they say something else.
 *
 * @module
 */

import type { Store } from "../artifact/store.ts";

/** Writes a file, unless it says the same already. */
export async function writeChanged(
  store: Store,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const before = await store.read(path);
  const isSame = before?.length === bytes.length &&
    before.every((byte, i) => byte === bytes[i]);
  if (!isSame) await store.writeAtomic(path, bytes);
}
