import { assertEquals, assertThrows } from "@std/assert";
import { blocksOf, Samples } from "../../pipeline/findings/samples.ts";
import { sourceOf } from "./support.ts";

/** Three samples in two splits; the mean of all is [2, 2]. */
function threeSamples(): Samples {
  return new Samples([
    // The mean of the views is [5, 6], the second is the mean of all.
    sourceOf([[[4, 5], [6, 7]], [[2, 2], [2, 2]]], { labels: [1, 0] }),
    sourceOf([[[-1, -2]]], { labels: [2], first: 7 }),
  ]);
}

Deno.test("Samples reads means of views, less the mean of all, as unit vectors", () => {
  const samples = threeSamples();
  assertEquals([samples.count, samples.size], [3, 2]);
  assertEquals([...samples.labels], [1, 0, 2]);
  assertEquals([...samples.records], [0, 1, 7]);
  const { units, lengths } = samples.read(Int32Array.of(2, 0, 1));
  assertEquals([...lengths], [5, 5, 0]);
  const expected = Float32Array.of(-0.6, -0.8, 0.6, 0.8, 0, 0);
  assertEquals(units, expected);
});

Deno.test("Samples.read() throws when there is no such sample", () => {
  assertThrows(
    () => threeSamples().read(Int32Array.of(3)),
    RangeError,
    "Cannot read sample 3 as there are only so many: 3",
  );
});

Deno.test("blocksOf() cuts numbers, the last block may be shorter", () => {
  const blocks = [...blocksOf(5, 2)].map((block) => [...block]);
  assertEquals(blocks, [[0, 1], [2, 3], [4]]);
  assertEquals([...blocksOf(0, 2)], []);
});
