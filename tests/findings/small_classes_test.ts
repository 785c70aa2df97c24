import { assertEquals } from "@std/assert";
import { findSmallClasses } from "../../pipeline/findings/small_classes.ts";

Deno.test("findSmallClasses() needs 10 photos to train on and 12 to judge by", () => {
  const counts = { train: [10, 9], validation: [12, 11], test: [0, 0] };
  assertEquals(findSmallClasses(counts), [
    { split: "train", label: 1, count: 9, needed: 10 },
    { split: "validation", label: 1, count: 11, needed: 12 },
  ]);
});

Deno.test("findSmallClasses() misses a class in a split that has others", () => {
  const counts = { train: [20, 20], validation: [0, 0], test: [12, 0] };
  assertEquals(findSmallClasses(counts), [
    { split: "test", label: 1, count: 0, needed: 12 },
  ]);
});
