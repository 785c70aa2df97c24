/**
 * Giving memory back at once.
 *
 * @module
 */

/**
 * Frees the memory of a large array that is no longer needed.
 *
 * The collector would free it some time, but hurries only when the heap is full,
 * and the bytes of an array are not in the heap: without this a full-size backbone
 * costs its size several times more for as long as a task runs.
 *
 * @param bytes The array; it, and every other view of its buffer, is empty afterwards.
 */
export function freeBytes(bytes: ArrayBufferView): void {
  if (bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
}
