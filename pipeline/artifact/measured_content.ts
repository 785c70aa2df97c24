/** Files that are written in parts, and digested on the way. */

import type { ManifestFile } from "./manifest.ts";
import { Sha256 } from "./sha256.ts";
import type { Content } from "./store.ts";

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
