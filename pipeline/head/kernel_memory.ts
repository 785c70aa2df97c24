/**
 * WebAssembly kernels, and the memory that they work on.
 *
 * A kernel is written as WebAssembly text (`adam.wat`, `dropout.wat`) and kept
 * compiled, as base64 in `kernels_wasm.ts`. A module can load that anywhere: in a
 * worker, compiled into a program, from a registry, without permission to read or
 * to fetch a file. TypeScript cannot parse `import source`, and a plain import of
 * a `.wasm` file makes one instance with one memory, where each head needs its own.
 */

/** Bytes of a vector. */
const VECTOR_BYTES = 16;

/** Bytes of a page of memory. */
const PAGE_BYTES = 65536;

/** Bytes of an array with room for whole vectors. */
function roomFor(length: number): number {
  return Math.ceil(length * 4 / VECTOR_BYTES) * VECTOR_BYTES;
}

/**
 * Compiles a kernel.
 *
 * @param base64 Bytes of a module that imports `env.memory` and exports `run`.
 */
export function compileKernel(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.fromBase64(base64));
}

/**
 * Arrays of floats in the memory of a kernel.
 *
 * Kernels work on whole vectors, so each array has room for them.
 */
export class KernelMemory {
  readonly run: (...values: number[]) => void;
  readonly #memory: WebAssembly.Memory;
  #used = 0;

  /**
   * Reserves memory. It never grows, which would detach the arrays.
   *
   * @throws {RangeError} If they take more than 4 GiB.
   */
  constructor(kernel: WebAssembly.Module, lengths: readonly number[]) {
    const bytes = lengths.reduce((sum, length) => sum + roomFor(length), 0);
    const memory = new WebAssembly.Memory({
      initial: Math.ceil(bytes / PAGE_BYTES),
    });
    const { exports } = new WebAssembly.Instance(kernel, { env: { memory } });
    this.run = exports.run as (...values: number[]) => void;
    this.#memory = memory;
  }

  /** Takes the next of the arrays. */
  take(length: number): Float32Array {
    const start = this.#used;
    this.#used += roomFor(length);
    return new Float32Array(this.#memory.buffer, start, length);
  }
}
