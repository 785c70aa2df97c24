import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { DROPOUT_KERNEL, runDropout } from "../../pipeline/head/dropout.ts";
import { KernelMemory } from "../../pipeline/head/kernel_memory.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";

/** The mask of a length. */
function maskOf(length: number, rate: number, key: number[]): Float32Array {
  const memory = new KernelMemory(DROPOUT_KERNEL, [length]);
  const values = memory.take(length).fill(1);
  runDropout(memory, values, { rate, key });
  return values;
}

Deno.test.each([[0.1, 1003], [0.5, 64], [0.8, 1], [0.25, 4097]])(
  "runDropout() keeps what has a uniform number of at least %s, of %s numbers",
  (rate, length) => {
    const key = [2 ** 32 - 1, 4, length, 1];
    const memory = new KernelMemory(DROPOUT_KERNEL, [5, length, 5]);
    memory.take(5);
    const values = memory.take(length);
    const own = Float32Array.from(values, (_, i) => i - 2.5);
    values.set(own);
    runDropout(memory, values, { rate, key });
    const uniform = uniformNumbers(...key);
    const kept = Math.fround(1 / (1 - rate));
    assertEquals(
      values,
      own.map((x, i) => x * (uniform(i) >= rate ? kept : 0)),
    );
    assertEquals(memory.take(5), new Float32Array(5));
  },
);

Deno.test.each([0.1, 0.5, 0.8])(
  "runDropout() drops a share of %s and scales the rest",
  (rate) => {
    const length = 100_000;
    const mask = maskOf(length, rate, [1, 4, 2, 0]);
    const kept = Math.fround(1 / (1 - rate));
    assertEquals(mask.every((x) => x === 0 || x === kept), true);
    const dropped = mask.filter((x) => x === 0).length;
    // Four standard errors of a coin of that bias.
    const error = Math.sqrt(length * rate * (1 - rate));
    assertLess(Math.abs(dropped - length * rate), 4 * error);
  },
);

Deno.test("runDropout() keeps everything when the rate is 0", () => {
  assertEquals(maskOf(4, 0, [1, 2, 0]), Float32Array.of(1, 1, 1, 1));
});

Deno.test("runDropout() keeps next to nothing when the rate is next to 1", () => {
  assertEquals(maskOf(1000, 1 - 2 ** -52, [1]), new Float32Array(1000));
});

Deno.test("runDropout() drops by the key", () => {
  const mask = maskOf(64, 0.5, [1, 4, 2, 0]);
  assertEquals(maskOf(64, 0.5, [1, 4, 2, 0]), mask);
  for (const key of [[2, 4, 2, 0], [1, 4, 3, 0], [1, 4, 2, 1]]) {
    assertNotEquals(maskOf(64, 0.5, key), mask);
  }
});
