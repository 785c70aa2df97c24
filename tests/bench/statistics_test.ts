import { assertEquals, assertThrows } from "@std/assert";
import { median, pairRatios, spread } from "./statistics.ts";

Deno.test.each([
  [[7], 7],
  [[3, 1, 2], 2],
  [[10, 1, 3, 2], 2.5],
  [[2, 10, 9], 9],
])("median() of %s is %s", (values, expected) => {
  assertEquals(median(values), expected);
});

Deno.test("median() leaves the numbers as they were", () => {
  const values = [3, 1, 2];
  median(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("spread() is the least and the greatest", () => {
  assertEquals(spread([3, 10, 2]), [2, 10]);
});

Deno.test("median() and spread() throw if there is no number", () => {
  assertThrows(
    () => median([]),
    RangeError,
    "Cannot take the median as there must be a number: there is none",
  );
  assertThrows(
    () => spread([]),
    RangeError,
    "Cannot take the spread as there must be a number: there is none",
  );
});

Deno.test("pairRatios() divides the numbers of each round", () => {
  assertEquals(pairRatios([1, 6, 8], [2, 3, 8]), [0.5, 2, 1]);
});

Deno.test("pairRatios() throws if one has more rounds", () => {
  assertThrows(
    () => pairRatios([1, 2], [1]),
    RangeError,
    "Cannot pair rounds as both must have as many: one has 2, the other 1",
  );
});
