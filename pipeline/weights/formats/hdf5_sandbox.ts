/**
 * What the HDF5 library may not do in its worker: print, and grow its heap at will.
 *
 * It takes the console as it finds it when it is loaded, so that this module must be
 * loaded before.
 */

import { LIBRARY_HEAP_BYTES } from "./hdf5_limits.ts";

// Where it has no memory left for an error it prints it, pages of it, and so it does
// when its WebAssembly ends.
// deno-lint-ignore no-console
console.error = () => {};

/** Bytes of a page of WebAssembly. */
const PAGE_BYTES = 2 ** 16;

let limitBytes = LIBRARY_HEAP_BYTES;

const { grow } = WebAssembly.Memory.prototype;

// It asks for up to 2 GB, and takes a refusal as any program takes one of `malloc`:
// what it was about to do fails.
WebAssembly.Memory.prototype.grow = function (pages: number): number {
  const sizeBytes = this.buffer.byteLength + pages * PAGE_BYTES;
  if (sizeBytes > limitBytes) {
    throw new RangeError(
      `Cannot grow a heap as it must have at most ${limitBytes} bytes: ${sizeBytes} are wanted`,
    );
  }
  return grow.call(this, pages);
};

/** Sets the limit of every WebAssembly memory of this worker. */
export function limitHeap(sizeBytes: number): void {
  limitBytes = sizeBytes;
}
