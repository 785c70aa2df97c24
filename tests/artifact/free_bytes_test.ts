import { assertEquals } from "@std/assert";
import { freeBytes } from "../../pipeline/artifact/free_bytes.ts";

Deno.test("freeBytes() empties an array and every view of it", () => {
  const numbers = Float32Array.of(1, 2);
  const view = new Uint8Array(numbers.buffer, 4);
  freeBytes(view);
  assertEquals([numbers.length, view.length], [0, 0]);
});

Deno.test("freeBytes() leaves shared memory alone", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  freeBytes(shared);
  assertEquals(shared.length, 2);
});
