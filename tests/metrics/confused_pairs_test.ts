import { assertEquals } from "@std/assert";
import { confusedPairs } from "../../pipeline/metrics/confused_pairs.ts";

const CONFUSION = [[9, 1, 0], [3, 0, 1], [0, 3, 5]];

Deno.test("confusedPairs() lists the largest counts first, and equal ones by label", () => {
  assertEquals(confusedPairs(CONFUSION, 10), [
    { label: 1, predicted: 0, count: 3, share: 0.75 },
    { label: 2, predicted: 1, count: 3, share: 0.375 },
    { label: 0, predicted: 1, count: 1, share: 0.1 },
    { label: 1, predicted: 2, count: 1, share: 0.25 },
  ]);
});

Deno.test("confusedPairs() stops at the limit, and lists nothing when all is right", () => {
  assertEquals(confusedPairs(CONFUSION, 1).length, 1);
  assertEquals(confusedPairs([[2, 0], [0, 0]], 10), []);
});
