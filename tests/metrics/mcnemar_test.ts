import { assert, assertEquals, assertThrows } from "@std/assert";
import { mcnemarExact } from "../../pipeline/metrics/mcnemar.ts";
import { FIXTURES } from "../support/fixtures.ts";

const GOLDEN: [won: number, lost: number, p: number][] = JSON.parse(
  await Deno.readTextFile(new URL("golden/mcnemar.json", FIXTURES)),
);

/** Probabilities that are exact in binary, but for rounding. */
const EPSILON = 4 * Number.EPSILON;

Deno.test("mcnemarExact() equals SciPy's exact test, up to millions", () => {
  for (const [won, lost, expected] of GOLDEN) {
    const p = mcnemarExact(won, lost);
    assertEquals(mcnemarExact(lost, won), p);
    // Measured: 7e-15 below 100 samples, 8e-13 up to two million.
    const tolerance = won + lost < 100 ? 1e-13 : 1e-11;
    const difference = p === expected ? 0 : Math.abs(p / expected - 1);
    assert(difference <= tolerance, `${won}, ${lost}: ${p}, ${expected}`);
  }
});

Deno.test.each<[number, number, number]>([
  [0, 0, 1],
  [7, 7, 1],
  [0, 1, 1],
  [0, 2, 0.5],
  [1, 4, 0.375],
  [0, 5, 1 / 16],
  [2, 8, 112 / 1024],
  [20, 21, 1],
  [0, 2000, 0],
])("mcnemarExact() of %s and %s is %s", (won, lost, p) => {
  assert(Math.abs(mcnemarExact(won, lost) - p) <= EPSILON);
});

Deno.test("mcnemarExact() adds up to 1 over all splits of a number of samples", () => {
  // Every p is 2 P(X <= k), so neighbours differ by twice a probability.
  for (const n of [1, 31, 501]) {
    let sum = 0;
    for (let k = 0; 2 * k < n; k++) {
      const below = k === 0 ? 0 : mcnemarExact(k - 1, n - k + 1);
      sum += mcnemarExact(k, n - k) - below;
    }
    assert(Math.abs(sum - 1) < 1e-14);
  }
});

Deno.test.each([-1, 0.5, NaN, Infinity])(
  "mcnemarExact() throws when a count is %s",
  (count) => {
    const message =
      `Cannot test counts as they must be whole numbers of 0 or more: current value is ${count}`;
    assertThrows(() => mcnemarExact(count, 1), RangeError, message);
    assertThrows(() => mcnemarExact(1, count), RangeError, message);
  },
);
