/**
 * Bounded access to the bytes of an HDF5 file.
 *
 * Whatever a file claims, nothing is read past its end, and work and memory
 * are paid from budgets: a file that leads in circles, or that asks for more
 * than weights need, is refused in finite time.
 *
 * @module
 */

import { FormatError } from "../../../errors.ts";

/**
 * Most messages, links, names and chunks read from a file. The weights of
 * ResNet-152 take about 20,000; this many are read in a fraction of a second.
 */
export const MAX_STEPS = 200_000;

/** Longest name read, in bytes. Names of weights have less than 100. */
export const MAX_NAME_BYTES = 1024;

/**
 * Most bytes copied out of a file, in files of any size: twice the weights of
 * VGG-16 in 64 bits. What lies in one piece is not copied and does not count.
 */
export const MAX_COPY_BYTES = 2 ** 31;

/**
 * Most bytes copied for each byte of the file. Weights hardly compress; the
 * deflate of a file of zeros reaches 1032.
 */
export const MAX_EXPANSION = 64;

/** Bytes that may be copied however small the file is. */
export const MIN_COPY_BYTES = 2 ** 24;

/** How HDF5 writes an address that leads nowhere. */
const UNDEFINED_ADDRESS = 0xffffffffffffffffn;

/** A file, from its superblock on: all its addresses count from there. */
export class Hdf5Bytes {
  /** Name of the file, for errors. */
  readonly path: string;
  /** Bytes from the superblock to the end. */
  readonly bytes: Uint8Array;
  readonly #base: number;
  readonly #view: DataView;
  #steps = MAX_STEPS;
  #copyBytes: number;

  /**
   * Wraps the bytes of a file.
   *
   * @param bytes The whole file.
   * @param options Position of the superblock, and the name of the file for errors.
   */
  constructor(bytes: Uint8Array, options: { base: number; path: string }) {
    this.path = options.path;
    this.#base = options.base;
    this.bytes = bytes.subarray(options.base);
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#copyBytes = Math.min(
      MAX_COPY_BYTES,
      MIN_COPY_BYTES + MAX_EXPANSION * byteLength,
    );
  }

  /**
   * Refuses the file.
   *
   * @param what The rule that is broken, and what was found.
   * @param at Where, from the superblock.
   * @param options The error underneath.
   */
  fail(what: string, at = 0, options: ErrorOptions = {}): never {
    throw new FormatError(
      `Cannot read "${this.path}" as Keras weights as ${what}`,
      { ...options, path: this.path, byteOffset: this.#base + at },
    );
  }

  /** Pays for the reading of `count` small things. */
  step(count: number, at: number): void {
    this.#steps -= count;
    if (!(this.#steps >= 0)) {
      this.fail(
        `a file must have at most ${MAX_STEPS} messages, links, names and chunks: it has more, or leads in circles`,
        at,
      );
    }
  }

  /** Pays for `count` bytes that are about to be allocated. */
  payCopy(count: number, at: number): void {
    if (!(count <= this.#copyBytes)) {
      this.fail(
        `its weights must take at most ${MAX_EXPANSION} times the bytes of the file: ${count} more are claimed`,
        at,
      );
    }
    this.#copyBytes -= count;
  }

  /** Checks that `count` bytes lie inside the file. */
  #need(at: number, count: number): void {
    const total = this.bytes.byteLength;
    if (!(at >= 0 && count >= 0 && at + count <= total)) {
      this.fail(
        `all its parts must lie inside its ${
          this.#base + total
        } bytes: ${count} bytes at ${
          this.#base + at
        } do not, so it is cut short or damaged`,
        Math.min(at, total),
      );
    }
  }

  /** Returns a view of `count` bytes. */
  view(at: number, count: number): Uint8Array {
    this.#need(at, count);
    return this.bytes.subarray(at, at + count);
  }

  /** Reads 8 bits. */
  u8(at: number): number {
    this.#need(at, 1);
    return this.#view.getUint8(at);
  }

  /** Reads 16 bits. */
  u16(at: number): number {
    this.#need(at, 2);
    return this.#view.getUint16(at, true);
  }

  /** Reads 32 bits. */
  u32(at: number): number {
    this.#need(at, 4);
    return this.#view.getUint32(at, true);
  }

  /** Reads a size of 64 bits, which numbers must hold exactly. */
  size(at: number): number {
    this.#need(at, 8);
    const size = this.#view.getBigUint64(at, true);
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.fail(`its sizes must be below 2^53: one is ${size}`, at);
    }
    return Number(size);
  }

  /** Reads an address; none if it leads nowhere on purpose. */
  address(at: number): number | undefined {
    this.#need(at, 8);
    return this.#view.getBigUint64(at, true) === UNDEFINED_ADDRESS
      ? undefined
      : this.size(at);
  }

  /** Reads text of `count` bytes in UTF-8, up to its first zero. */
  text(at: number, count: number): string {
    if (count > MAX_NAME_BYTES) {
      this.fail(
        `a name must have at most ${MAX_NAME_BYTES} bytes: one has ${count}`,
        at,
      );
    }
    const bytes = this.view(at, count);
    const end = bytes.indexOf(0);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        end < 0 ? bytes : bytes.subarray(0, end),
      );
    } catch (cause) {
      this.fail("its names must be in UTF-8: one is not", at, { cause });
    }
  }

  /** Checks that a structure starts with its signature. */
  expect(signature: string, at: number): void {
    const bytes = this.view(at, signature.length);
    const found = String.fromCharCode(...bytes);
    if (found !== signature) {
      this.fail(
        `"${signature}" must stand at byte ${this.#base + at}: ${
          JSON.stringify(found)
        } stands there`,
        at,
      );
    }
  }
}
