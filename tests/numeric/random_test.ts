import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import {
  permutation,
  STREAMS,
  type Uniform,
  uniformNumbers,
} from "../../pipeline/numeric/random.ts";

const COUNT = 100_000;

/** The first numbers of a key. */
function draw(uniform: Uniform, count = COUNT): number[] {
  return Array.from({ length: count }, (_, i) => uniform(i));
}

/** Mean of some numbers. */
function mean(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/** Correlation of two lists of uniform numbers, whose variance is 1/12. */
function correlation(a: number[], b: number[]): number {
  return 12 * mean(a.map((x, i) => (x - 0.5) * (b[i]! - 0.5)));
}

/** Pearson's statistic of counts that should all be equal. */
function chiSquare(counts: number[]): number {
  const expected = mean(counts);
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

/** Keys as training makes them: of seeds, streams, steps and layers. */
const KEYS: number[][] = [
  [0, STREAMS.initialize, 0],
  [0, STREAMS.order, 0],
  [1, STREAMS.flip, 1000],
  [0, STREAMS.dropout, 0, 0],
  [0, STREAMS.dropout, 1, 1],
  [2 ** 32 - 1, STREAMS.dropout, 99_999, 1],
];

Deno.test.each(KEYS.map((key) => [key]))(
  "uniformNumbers() has mean 1/2 and variance 1/12 when the key is %s",
  (key) => {
    const numbers = draw(uniformNumbers(...key));
    // Four standard errors: the variance of a square of a centred number is 1/180.
    assertLess(Math.abs(mean(numbers) - 1 / 2), 4 / Math.sqrt(12 * COUNT));
    const variance = mean(numbers.map((x) => (x - 1 / 2) ** 2));
    assertLess(Math.abs(variance - 1 / 12), 4 / Math.sqrt(180 * COUNT));
  },
);

Deno.test.each(KEYS.map((key) => [key]))(
  "uniformNumbers() has fair bits, and pairs of neighbours, when the key is %s",
  (key) => {
    const numbers = draw(uniformNumbers(...key));
    const ones = new Array(32).fill(0);
    const pairs = new Array(64).fill(0);
    numbers.forEach((x, i) => {
      const bits = x * 2 ** 32;
      for (let b = 0; b < 32; b++) ones[b] += (bits / 2 ** b) & 1;
      const next = numbers[(i + 1) % COUNT]!;
      pairs[Math.floor(8 * x) * 8 + Math.floor(8 * next)]++;
    });
    for (const count of ones) {
      assertLess(Math.abs(count - COUNT / 2), 4.5 * Math.sqrt(COUNT / 4));
    }
    // The 0.9999 quantile of the distribution with 63 degrees of freedom.
    assertLess(chiSquare(pairs), 113.4);
  },
);

Deno.test("uniformNumbers() are not correlated when keys differ in one part", () => {
  const own = draw(uniformNumbers(3, STREAMS.dropout, 7, 0));
  const others = [
    [4, STREAMS.dropout, 7, 0],
    [3, STREAMS.flip, 7, 0],
    [3, STREAMS.dropout, 8, 0],
    [3, STREAMS.dropout, 7, 1],
  ].map((key) => draw(uniformNumbers(...key)));
  for (const numbers of others) {
    assertLess(Math.abs(correlation(own, numbers)), 4 / Math.sqrt(COUNT));
  }
  const shifted = [...own.slice(1), own[0]!];
  assertLess(Math.abs(correlation(own, shifted)), 4 / Math.sqrt(COUNT));
});

Deno.test("uniformNumbers() are a function of the position when asked out of order", () => {
  const uniform = uniformNumbers(1, 2, 3);
  const last = uniform(999);
  assertEquals(draw(uniform, 1000).at(-1), last);
  assertEquals(uniformNumbers(1, 2, 3)(999), last);
});

Deno.test("permutation() holds every number once", () => {
  const order = permutation(1000, uniformNumbers(1, STREAMS.order, 0));
  assertEquals(
    order.toSorted(),
    Int32Array.from({ length: 1000 }, (_, i) => i),
  );
  assertNotEquals(
    order,
    permutation(1000, uniformNumbers(1, STREAMS.order, 1)),
  );
});

Deno.test("permutation() makes each order equally often", () => {
  const counts: Record<string, number> = {};
  for (let pass = 0; pass < 24_000; pass++) {
    const key = permutation(4, uniformNumbers(9, STREAMS.order, pass)).join();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  assertEquals(Object.keys(counts).length, 24);
  // The 0.9999 quantile of the distribution with 23 degrees of freedom.
  assertLess(chiSquare(Object.values(counts)), 57.1);
});
