/**
 * A table of digests: finds the number of a SHA-256 among many, in some 50
 * bytes each.
 *
 * Open addressing with linear probing. A digest is as good as random, so its
 * first bytes say where to look; it is compared whole.
 */

import { NumberColumn } from "./columns.ts";

/** Bytes of a SHA-256. */
export const DIGEST_BYTES = 32;

/** Slots of a table that was just made; a power of two. */
const FIRST_SLOTS = 1024;

/** Digests, numbered from 0 in the order in which they came. */
export class DigestTable {
  readonly #digests = new NumberColumn(Uint8Array);
  /** Number of the digest in a slot, plus one; 0 where there is none. */
  #slots = new Int32Array(FIRST_SLOTS);

  /** Number of different digests. */
  get size(): number {
    return this.#digests.length / DIGEST_BYTES;
  }

  /** Whether a digest of the table is the one that is given. */
  #isEqual(number: number, digest: Uint8Array): boolean {
    const start = number * DIGEST_BYTES;
    const own = this.#digests.slice(start, start + DIGEST_BYTES);
    return own.every((byte, i) => byte === digest[i]);
  }

  /** Returns the slot that holds a digest, or the free one where it belongs. */
  #findSlot(digest: Uint8Array): number {
    const mask = this.#slots.length - 1;
    const [a, b, c, d] = digest as unknown as [number, number, number, number];
    let slot = (a | b << 8 | c << 16 | d << 24) & mask;
    for (;; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (number < 0 || this.#isEqual(number, digest)) return slot;
    }
  }

  /** Doubles the slots. */
  #grow(): void {
    const { size } = this;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < size; number++) {
      const start = number * DIGEST_BYTES;
      const digest = this.#digests.slice(start, start + DIGEST_BYTES);
      this.#slots[this.#findSlot(digest)] = number + 1;
    }
  }

  /**
   * Adds a digest, unless it is there.
   *
   * @param digest The digest, U8 `[32]`; it is copied.
   */
  add(digest: Uint8Array): number {
    const slot = this.#findSlot(digest);
    const found = this.#slots[slot]! - 1;
    if (found >= 0) return found;
    const number = this.size;
    this.#digests.append(digest);
    this.#slots[slot] = number + 1;
    // Half of the slots stay free, so that a search takes few steps.
    if (this.size * 2 > this.#slots.length) this.#grow();
    return number;
  }

  /**
   * Looks for a digest.
   *
   * @param digest The digest, U8 `[32]`.
   * @returns Its number, or -1 if it is not there.
   */
  find(digest: Uint8Array): number {
    return this.#slots[this.#findSlot(digest)]! - 1;
  }
}
