import { assertEquals } from "@std/assert";
import { parseSplit, SPLITS } from "../../pipeline/dataset/split.ts";

Deno.test.each([
  ["train", "train"],
  ["Training", "train"],
  ["val", "validation"],
  ["VALID", "validation"],
  ["Validation", "validation"],
  ["dev", "validation"],
  ["Test", "test"],
  ["testing", "test"],
  ["trains", undefined],
  ["constructor", undefined],
  ["", undefined],
])('parseSplit() takes "%s" for %s', (name, split) => {
  assertEquals<unknown>(parseSplit(name), split);
});

Deno.test("SPLITS are in the order in which they are processed", () => {
  assertEquals(SPLITS, ["train", "validation", "test"]);
});
