import { assertEquals } from "@std/assert";
import { bestEpoch, hasStopped } from "../../pipeline/head/early_stopping.ts";

/** Makes a history of validation losses. */
function historyOf(losses: readonly number[]) {
  return losses.map((validationLoss, i) => ({ epoch: i + 1, validationLoss }));
}

Deno.test.each([
  [[3, 2, 1], 3],
  [[1, 2, 3], 1],
  [[2, 1, 1], 2],
  [[NaN, 2, 3], 2],
])("bestEpoch() of losses %j is %s", (losses, expected) => {
  assertEquals(bestEpoch(historyOf(losses)), expected);
});

Deno.test("bestEpoch() is the last when nothing was validated", () => {
  assertEquals(bestEpoch([{ epoch: 1 }, { epoch: 2 }]), 2);
});

Deno.test.each([
  [[1, 2], 2, false],
  [[1, 2, 3], 2, true],
  [[3, 4, 2, 3], 2, false],
  [[1, 2, 3, 4], 0, false],
  [[], 1, false],
])(
  "hasStopped() of losses %j with patience %s is %s",
  (losses, patience, expected) => {
    assertEquals(hasStopped(historyOf(losses), patience), expected);
  },
);
