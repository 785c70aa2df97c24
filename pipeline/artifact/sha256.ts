/** SHA-256 of bytes that come in parts, by `node:crypto`. */

import { createHash, type Hash } from "node:crypto";

/** A digest that grows with each part; none is copied. */
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
