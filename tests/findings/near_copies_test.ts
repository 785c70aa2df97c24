import { assertEquals } from "@std/assert";
import { NearCopies } from "../../pipeline/findings/near_copies.ts";

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
  add(pairs, 1, [0, 1], [2, 0.5]);
  add(pairs, 2, [0, 0.9375], [1, 0.5]);
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

Deno.test("NearCopies names none below the threshold", () => {
  const pairs = new NearCopies(Uint8Array.of(0, 1));
  add(pairs, 0, [1, 0.89]);
  add(pairs, 1, [0, 0.89]);
  assertEquals([...pairs.pairs()], []);
});
