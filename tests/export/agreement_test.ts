import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { compareAnswers } from "../../pipeline/export/agreement.ts";

Deno.test("compareAnswers() counts equal classes, and finds the largest difference", () => {
  const expected = Float32Array.of(0.6, 0.4, 0.5, 0.5, 0.1, 0.9);
  const actual = Float32Array.of(0.7, 0.3, 0.5, 0.5, 0.55, 0.45);
  const { photos, sameTop1, largestDifference } = compareAnswers(
    actual,
    expected,
    2,
  );
  assertEquals([photos, sameTop1], [3, 2]);
  assertAlmostEquals(largestDifference, 0.45, 1e-6);
});

Deno.test("compareAnswers() refuses answers that are no numbers", () => {
  const expected = Float32Array.of(0.6, 0.4);
  assertThrows(
    () => compareAnswers(Float32Array.of(NaN, 0.4), expected, 2),
    RangeError,
  );
});
