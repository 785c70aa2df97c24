/** Giving memory back at once. */

/**
 * Frees the memory of an array that is no longer needed; does nothing if that was
 * done before.
 *
 * The collector would free it some time, but hurries only when the heap is full,
 * and the bytes of an array are not in the heap: without this a full-size backbone
 * costs its size several times more for as long as a task runs, and shards that
 * were written add up to some 60 MB before any is freed.
 *
 * @param bytes The array; it, and every other view of its buffer, is empty afterwards.
 */
export function freeBytes(bytes: ArrayBufferView): void {
  const { buffer } = bytes;
  // Browsers from before 2024 cannot.
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer?.(0);
}
