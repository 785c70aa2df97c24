import { assertEquals } from "@std/assert";
import {
  commonCosine,
  countLookAlikes,
  NearCopies,
} from "../../pipeline/findings/near_copies.ts";

/** Adds the neighbours of a sample, as pairs of number and cosine. */
function add(pairs: NearCopies, sample: number, ...nearest: number[][]): void {
  pairs.add(
    sample,
    Int32Array.from(nearest, ([other]) => other!),
    Float32Array.from(nearest, ([, cosine]) => cosine!),
  );
}

Deno.test("NearCopies names a pair once, across splits before within", () => {
  const pairs = new NearCopies(Uint8Array.of(0, 0, 1));
  add(pairs, 0, [1, 1], [2, 0.9375]);
  add(pairs, 1, [0, 1]);
  add(pairs, 2, [0, 0.9375]);
  assertEquals([...pairs.pairs()], [
    { a: 0, b: 2, cosine: 0.9375, acrossSplits: true },
    { a: 0, b: 1, cosine: 1, acrossSplits: false },
  ]);
});

Deno.test("NearCopies names of each sample the nearest only", () => {
  const pairs = new NearCopies(Uint8Array.of(0, 0, 0));
  add(pairs, 0, [1, 0.9375], [2, 0.90625]);
  add(pairs, 1, [2, 1], [0, 0.9375]);
  add(pairs, 2, [1, 1], [0, 0.90625]);
  const found = [...pairs.pairs()].map(({ a, b }) => [a, b]);
  assertEquals(found, [[0, 1], [1, 2]]);
});

Deno.test("NearCopies names a pair that the other side does not know", () => {
  const pairs = new NearCopies(Uint8Array.of(0, 1));
  add(pairs, 1, [0, 0.9375]);
  const found = [...pairs.pairs()].map(({ a, b }) => [a, b]);
  assertEquals(found, [[0, 1]]);
});

Deno.test.each<[string, number[], number, number]>([
  ["far from all others", [0.9375, 0.9062, 0.89, 0.5], 0.5, 2],
  ["below 0.9", [0.89, -1], -1, 0],
  ["five times nearer than the last", [0.96, 0.951, 0.75], 0.9, 2],
  ["less than five times nearer", [0.949, 0.94, 0.75], 0.9, 0],
  ["0.98 among photos all alike", [0.99, 0.981, 0.979, 0.97], 0.97, 2],
  ["of a burst that fills the list", [0.97, 0.96, 0.94], 0.5, 3],
  ["of a burst among photos much alike", [0.97, 0.96, 0.94], 0.75, 2],
  ["without neighbours", [], 0.5, 0],
])("countLookAlikes() counts neighbours %s", (_, cosines, common, count) => {
  assertEquals(countLookAlikes(Float32Array.from(cosines), common), count);
});

Deno.test.each<[number[], number]>([
  [[0.25, 0.9375, 0.5, -1, 0.75], 0.75],
  [[0.25, 0.9375, 0.5, 0.9375, 0.75], 0.9375],
  [[-1], -1],
  [[], -1],
])(
  "commonCosine() of %j is what a fifth at most exceeds: %j",
  (last, common) => {
    assertEquals(commonCosine(Float32Array.from(last)), common);
  },
);
