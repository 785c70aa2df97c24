/**
 * Paths of the certificates of the test server.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

/**
 * Returns the path of a file of `fixtures/tls/`.
 *
 * @param name Name of the file.
 * @returns The path.
 */
export function fixturePath(name: string): string {
  return fromFileUrl(new URL(`../../fixtures/tls/${name}`, import.meta.url));
}
