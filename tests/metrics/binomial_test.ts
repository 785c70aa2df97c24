import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import {
  binomialProbability,
  INTERVAL_LEVEL,
  shareInterval,
} from "../../pipeline/metrics/binomial.ts";
import { assertAllClose } from "../support/assert_all_close.ts";

// By SciPy 1.10.1: beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k).
Deno.test.each<[number, number, number, number]>([
  [0, 1, 0, 0.975],
  [1, 1, 0.025, 1],
  [3, 3, 0.2924017738212866, 1],
  [1, 3, 0.008403758659612636, 0.9057006759497539],
  [7, 10, 0.3475471499400027, 0.9332604888222655],
  [42, 50, 0.7088736934048891, 0.9282992328167138],
  [50, 50, 0.9288782635358024, 1],
  [999, 1000, 0.9944410757201734, 0.9999746825125088],
  [123456, 1000000, 0.12281184162962971, 0.12410234027680267],
  [1000000, 1000000, 0.9999963111273498, 1],
])("shareInterval() of %s of %s is SciPy's", (k, n, low, high) => {
  const interval = shareInterval(k, n)!;
  assertAllClose(interval, [low, high], { atol: 1e-14 });
  const mirrored = shareInterval(n - k, n)!;
  assertAllClose(mirrored, [1 - high, 1 - low], { atol: 1e-14 });
});

Deno.test("shareInterval() has no interval of no samples", () => {
  assertEquals(shareInterval(0, 0), null);
});

Deno.test.each([3, 10, 30, 100, 300, 1000])(
  "shareInterval() of %s samples holds every share in 95 % of samplings",
  (n) => {
    const intervals = Array.from(
      { length: n + 1 },
      (_, k) => shareInterval(k, n)!,
    );
    for (let share = 0.005; share < 1; share += 0.0099) {
      let held = 0;
      intervals.forEach(([low, high], k) => {
        if (low <= share && share <= high) {
          held += binomialProbability(k, n, share);
        }
      });
      assertGreaterOrEqual(held, INTERVAL_LEVEL, `share ${share}`);
    }
  },
);
