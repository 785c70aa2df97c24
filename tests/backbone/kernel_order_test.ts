import { assertEquals } from "@std/assert";
import { toHwio, toOihw } from "../../pipeline/backbone/kernel_order.ts";

/** Numbers from 0. */
const count = (length: number) => Float32Array.from({ length }, (_, i) => i);

Deno.test("toHwio() moves output channels last, and back", () => {
  const sizes = { kernel: 2, inChannels: 3, outChannels: 2 };
  const oihw = count(24);
  const hwio = toHwio(oihw, sizes);
  // At [0, 1, 2, 1]: output 1, input 2, the second pixel of the first row.
  assertEquals(hwio[(1 * 3 + 2) * 2 + 1], (1 * 3 + 2) * 4 + 1);
  // deno-fmt-ignore
  assertEquals([...hwio], [
    0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21,
    2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23,
  ]);
  assertEquals(toOihw(hwio, sizes), oihw);
});

Deno.test("toHwio() transposes a kernel of one pixel", () => {
  const sizes = { kernel: 1, inChannels: 3, outChannels: 2 };
  const hwio = toHwio(count(6), sizes);
  assertEquals([...hwio], [0, 3, 1, 4, 2, 5]);
  assertEquals(toOihw(hwio, sizes), count(6));
});
