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

/**
 * Copies numbers.
 *
 * @param floats The numbers, in memory or in a file.
 * @param target The array that is filled.
 * @param start Position of the first number.
 * @throws {FormatError} If a file has become shorter since it was checked.
 */
export function copyFloats(
  floats: Floats,
  target: Float32Array,
  start: number,
): void {
  if (floats instanceof FileFloats) floats.copyTo(target, start);
  else target.set(floats.subarray(start, start + target.length));
}

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
    const numbers = this.#options.part.subarray(0, end - start);
    this.copyTo(numbers, start);
    return numbers;
  }

  /**
   * Reads numbers into an array.
   *
   * @param target The array that is filled.
   * @param start Position of the first number.
   * @throws {FormatError} If the file has become shorter since it was checked.
   */
  copyTo(target: Float32Array, start: number): void {
    const { read, offset, path } = this.#options;
    const byteOffset = offset + start * FLOAT_BYTES;
    const wanted = target.byteLength;
    const bytes = new Uint8Array(target.buffer, target.byteOffset, wanted);
    const count = read(bytes, byteOffset);
    if (count !== wanted) {
      throw new FormatError(
        `Cannot read ${wanted} bytes of "${path}" as it ends before: there are ${count}`,
        { path, byteOffset },
      );
    }
  }
}
