import { assertEquals } from "@std/assert";
import {
  compareFindings,
  type Finding,
} from "../../pipeline/findings/finding.ts";

/** A finding that is told from others by its message. */
function finding(message: string, options: Partial<Finding>): Finding {
  return { kind: "near-copy", photos: [], score: 0, message, ...options };
}

/** A photo by its row in the dataset index. */
function photo(record: number) {
  const path = `${record}.png`;
  return { record, path, split: "train" as const, class: "a" };
}

Deno.test("compareFindings() puts splits before classes, then score, then record", () => {
  const expected = [
    finding("0", { acrossSplits: true, acrossClasses: true }),
    finding("1", { acrossSplits: true, score: 9 }),
    finding("2", { acrossSplits: true, score: 8 }),
    finding("3", { acrossClasses: true }),
    finding("4", { score: 2, photos: [photo(1), photo(2)] }),
    finding("5", { score: 2, photos: [photo(1), photo(3)] }),
    finding("6", { score: 2, photos: [photo(2)] }),
    finding("7", { score: 1 }),
    finding("8", { score: 1 }),
  ];
  const sorted = expected.toReversed().sort(compareFindings);
  assertEquals(sorted.map(({ message }) => message), [..."012345678"]);
});

Deno.test("compareFindings() gives 0 for findings that say the same", () => {
  const same = finding("a", { photos: [photo(1)] });
  assertEquals(compareFindings(same, { ...same }), 0);
});
