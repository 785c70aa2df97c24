import { assertEquals } from "@std/assert";
import { canonicalJson } from "../../pipeline/artifact/canonical_json.ts";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  type ListedCandidate,
  Listing,
} from "../../pipeline/dataset/listing.ts";
import type { Split } from "../../pipeline/dataset/split.ts";

/** As many different candidates. */
function candidates(count: number): ListedCandidate[] {
  return Array.from({ length: count }, (_, i) => ({
    path: `train/"ä"/${i}.jpg`,
    className: i % 2 ? "ä" : "b",
    split: i % 3 ? "train" : undefined,
    sizeBytes: i - 1,
    modifiedMs: 1.75e12 + i / 8,
  }));
}

const DECLARED = new Map<Split | undefined, Set<string>>([
  [undefined, new Set(["b", "a"])],
  ["train", new Set()],
]);

/** Lists candidates. */
function list(all: readonly ListedCandidate[]): Listing {
  const listing = new Listing(DECLARED);
  all.forEach((candidate) => listing.push(candidate));
  return listing;
}

Deno.test("Listing returns candidates as they came, their classes and splits", () => {
  const all = candidates(3000);
  const listing = list(all);
  assertEquals([...listing], all);
  assertEquals(listing.length, 3000);
  assertEquals(listing.classNames, ["b", "ä"]);
  assertEquals(listing.splits, new Set([undefined, "train"]));
});

Deno.test.each([[0], [1], [3000]])(
  "digest() is that of one JSON text of %d candidates",
  async (count) => {
    const all = candidates(count);
    const files = all.map((
      { path, className, split = null, sizeBytes, modifiedMs },
    ) => [path, className, split, sizeBytes, modifiedMs]);
    const declared = [[null, ["a", "b"]], ["train", []]];
    const text = canonicalJson({ files, declared });
    const expected = await sha256(new TextEncoder().encode(text));
    assertEquals(await list(all).digest(), expected);
  },
);
