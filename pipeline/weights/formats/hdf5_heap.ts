/**
 * A limit on the heap of the HDF5 library, in its worker.
 *
 * Its WebAssembly asks for up to 2 GB, and takes a refusal as any program takes
 * one of `malloc`: what it was about to do fails.
 *
 * @module
 */

import { LIBRARY_HEAP_BYTES } from "./hdf5_limits.ts";

/** Bytes of a page of WebAssembly. */
const PAGE_BYTES = 2 ** 16;

let limitBytes = LIBRARY_HEAP_BYTES;

/** Grows a memory, as WebAssembly does. */
const grow = WebAssembly.Memory.prototype.grow;

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
