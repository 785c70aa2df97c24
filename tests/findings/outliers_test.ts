import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  findOutliers,
  meanDistance,
} from "../../pipeline/findings/outliers.ts";

Deno.test("findOutliers() finds what is 3.5 robust deviations above the median", () => {
  // The median is 10, the median absolute deviation 1.
  const distances = Float32Array.of(9, 9, 10, 10, 11, 11, 0, NaN);
  distances[6] = 10 + 3.5 / 0.6745 + 1e-5;
  const [far, ...others] = findOutliers(distances);
  assertEquals(others, []);
  assertEquals(far!.sample, 6);
  assertAlmostEquals(far!.deviations, 3.5, 1e-5);
  distances[6] = 10 + 3.5 / 0.6745 - 1e-5;
  assertEquals(findOutliers(distances), []);
});

Deno.test("findOutliers() finds nothing where there is nothing to compare with", () => {
  assertEquals(findOutliers(Float32Array.of(1, 1, 1, 9)), []);
  assertEquals(findOutliers(Float32Array.of(NaN)), []);
  assertEquals(findOutliers(new Float32Array(0)), []);
});

Deno.test("findOutliers() leaves the distances in their order", () => {
  const distances = Float32Array.of(3, 1, 2);
  findOutliers(distances);
  assertEquals([...distances], [3, 1, 2]);
});

Deno.test("meanDistance() averages the ten nearest", () => {
  const many = Array.from({ length: 12 }, (_, i) => i + 1);
  assertEquals(meanDistance(Float32Array.from(many)), 5.5);
  assertEquals(meanDistance(Float32Array.of(3, 5)), 4);
  assertEquals(meanDistance(new Float32Array(0)), NaN);
});
