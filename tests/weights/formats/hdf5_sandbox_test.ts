import { assertEquals, assertThrows } from "@std/assert";
import { limitHeap } from "../../../pipeline/weights/formats/hdf5_sandbox.ts";

Deno.test("limitHeap() sets how far memories of WebAssembly grow", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2000 });
  assertEquals(memory.grow(1023), 1);
  assertEquals(memory.buffer.byteLength, 2 ** 26);
  assertThrows(
    () => memory.grow(1),
    RangeError,
    `Cannot grow a heap as it must have at most ${2 ** 26} bytes: ${
      2 ** 26 + 2 ** 16
    } are wanted`,
  );
  limitHeap(2 ** 26 + 2 ** 16);
  assertEquals(memory.grow(1), 1024);
  assertThrows(() => memory.grow(1), RangeError);
});
