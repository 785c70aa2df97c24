import { assertEquals, assertThrows } from "@std/assert";
import { blocksOf, Samples } from "../../pipeline/findings/samples.ts";
import { sourceOf } from "./support.ts";

/** Three samples in two splits; plain views share [2, 2], the means of two [1, 1]. */
function threeSamples(): Samples {
  return new Samples([
    // Means [4, 5] and [1, 1], each less by 1 than the plain view.
    sourceOf([[[5, 6], [3, 4]], [[2, 2], [0, 0]]], { labels: [1, 0] }),
    sourceOf([[[-1, -2]]], { labels: [2], first: 7 }),
  ]);
}

Deno.test("Samples reads means of views, less what they share, as unit vectors", () => {
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
    "Cannot read sample 3 as it must be below 3",
  );
});

Deno.test("blocksOf() cuts numbers, the last block may be shorter", () => {
  const blocks = [...blocksOf(5, 2)].map((block) => [...block]);
  assertEquals(blocks, [[0, 1], [2, 3], [4]]);
  assertEquals([...blocksOf(0, 2)], []);
});
