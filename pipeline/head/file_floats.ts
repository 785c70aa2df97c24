/**
 * Numbers that stay in their file: what a shard holds is read when a row of it
 * is asked for.
 *
 * A pass over a split asks for its rows in random order, so no part of it is
 * worth keeping; what was read lately the operating system keeps anyway.
 *
 * @module
 */

import { FormatError } from "../errors.ts";

/**
 * What numbers are taken from, a part at a time: a `Float32Array` is one. A part
 * is good until the next is taken.
 */
export type Floats = Pick<Float32Array, "subarray">;

/** Bytes of an F32. */
const FLOAT_BYTES = 4;

/** Where the numbers lie. */
export interface FileFloatsOptions {
  /** Fills an array with the bytes from `start` on, at once; returns how many there were. */
  read: (target: Uint8Array, start: number) => number;
  /** Position of the first number in the file, in bytes. */
  offset: number;
  /** Path of the file, for errors. */
  path: string;
  /** What parts are read into, as long as the longest of them; shards may share it. */
  part: Float32Array<ArrayBuffer>;
}

/** The numbers of a tensor, F32, in a file whose bytes have been checked. */
export class FileFloats implements Floats {
  readonly #options: FileFloatsOptions;

  /**
   * Names the numbers; nothing is read yet.
   *
   * @param options Where they lie.
   */
  constructor(options: FileFloatsOptions) {
    this.#options = options;
  }

  /**
   * Reads numbers.
   *
   * @param start Position of the first.
   * @param end Position after the last.
   * @returns The numbers, until the next are read.
   * @throws {FormatError} If the file has become shorter since it was checked.
   */
  subarray(start: number, end: number): Float32Array<ArrayBuffer> {
    const { read, offset, path, part } = this.#options;
    const byteOffset = offset + start * FLOAT_BYTES;
    const wanted = (end - start) * FLOAT_BYTES;
    const bytes = new Uint8Array(part.buffer, part.byteOffset, wanted);
    const count = read(bytes, byteOffset);
    if (count !== wanted) {
      throw new FormatError(
        `Cannot read ${wanted} bytes of "${path}" as it ends before: there are ${count}`,
        { path, byteOffset },
      );
    }
    return part.subarray(0, end - start);
  }
}
