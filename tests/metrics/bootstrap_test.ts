import { assertEquals } from "@std/assert";
import { bootstrapShares } from "../../pipeline/metrics/bootstrap.ts";
import { resampleNumbers } from "../../pipeline/stages/evaluation.ts";
import { assertAllClose } from "../support/assert_all_close.ts";

Deno.test("bootstrapShares() is the share itself when all samples are alike", () => {
  const [all, none] = [Uint8Array.of(1, 1, 1), Uint8Array.of(0, 0, 0)];
  assertEquals(bootstrapShares([all, none], resampleNumbers(1)), [
    [1, 1],
    [0, 0],
  ]);
});

Deno.test("bootstrapShares() cuts off a fortieth of the resamples at each end", () => {
  // Resample r draws the first r of a thousand samples' worth of ones.
  const ones = Uint8Array.from({ length: 1000 }, (_, i) => i < 500 ? 1 : 0);
  const [interval] = bootstrapShares(
    [ones],
    (resample) => (position) => position < resample ? 0 : 0.5,
  );
  assertAllClose(interval!, [0.024975, 0.974025], { atol: 1e-15 });
});

Deno.test("bootstrapShares() draws the same samples for all shares, and the same again for the same seed", () => {
  const share = Uint8Array.from({ length: 60 }, (_, i) => i % 3 ? 1 : 0);
  const [a, b] = bootstrapShares([share, share], resampleNumbers(7));
  assertEquals(a, b);
  assertEquals(bootstrapShares([share], resampleNumbers(7)), [a!]);
  // 40 of 60, and 1.96 standard deviations of a binomial share.
  const reach = 1.96 * Math.sqrt(2 / 9 / 60);
  assertAllClose(a!, [2 / 3 - reach, 2 / 3 + reach], { atol: 0.02 });
});
