import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import { assertAllClose, relativeError } from "./assert_all_close.ts";

Deno.test("assertAllClose() accepts numbers at the edge of the tolerance", () => {
  assertAllClose([1.5, -4.5, 0], [1, -4, 0], { atol: 0.5 });
  assertAllClose([1.25, -5], [1, -4], { rtol: 0.25 });
  assertAllClose([NaN, Infinity], [NaN, Infinity], {});
});

Deno.test("assertAllClose() names the worst element when some are outside", () => {
  assertThrows(
    () => assertAllClose([1, 2.5, 4, 4], [1, 2, 3, 4], { rtol: 0, atol: 0.25 }),
    AssertionError,
    "2 of 4 numbers are out of tolerance (rtol 0, atol 0.25); the worst is element 2: 4, expected 3",
  );
});

Deno.test("assertAllClose() holds NaN to be the worst", () => {
  assertThrows(
    () => assertAllClose([9, NaN, 9], [1, 2, 3], { atol: 1 }),
    AssertionError,
    "3 of 3 numbers are out of tolerance (rtol 0, atol 1); the worst is element 1: NaN, expected 2",
  );
});

Deno.test("assertAllClose() throws when the lengths differ", () => {
  assertThrows(
    () => assertAllClose([1], [1, 2], {}),
    AssertionError,
    "There must be 2 numbers: there are 1",
  );
});

Deno.test("relativeError() compares Euclidean norms", () => {
  assertEquals(relativeError([3, 8], [3, 4]), 0.8);
  assertEquals(relativeError([1], [1, 2]), NaN);
});
