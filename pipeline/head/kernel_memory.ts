/**
 * Memory that a WebAssembly kernel works on.
 *
 * @module
 */

import {
  type Code,
  get,
  i32,
  instantiate,
  integer,
  set,
  type WasmFunction,
} from "./wasm_module.ts";

/** Bytes of a vector. */
const VECTOR_BYTES = 16;

/** Bytes of a page of memory. */
const PAGE_BYTES = 65536;

/** Bytes of an array with room for whole vectors. */
function roomFor(length: number): number {
  return Math.ceil(length * 4 / VECTOR_BYTES) * VECTOR_BYTES;
}

/** Code that moves an address in a local to the next vector. */
export function advance(local: number): Code {
  return set(local, i32.add(get(local), integer(VECTOR_BYTES)));
}

/**
 * Arrays of floats in the memory of a kernel.
 *
 * Kernels go by whole vectors, so that each array has room for them.
 */
export class KernelMemory {
  /** Runs the kernel. */
  readonly run: (...values: number[]) => void;
  readonly #memory: WebAssembly.Memory;
  #used = 0;

  /**
   * Reserves memory, which never grows: that would leave the arrays behind.
   *
   * @param kernel The kernel.
   * @param lengths Lengths of the arrays that will be taken.
   * @throws {RangeError} If they take more than 4 GiB.
   */
  constructor(kernel: WasmFunction, lengths: readonly number[]) {
    const bytes = lengths.reduce((sum, length) => sum + roomFor(length), 0);
    const initial = Math.ceil(bytes / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial });
    this.run = instantiate(kernel, this.#memory);
  }

  /**
   * Takes one of the arrays.
   *
   * @param length Its length.
   * @returns An array of zeros.
   */
  take(length: number): Float32Array {
    const start = this.#used;
    this.#used += roomFor(length);
    return new Float32Array(this.#memory.buffer, start, length);
  }
}
