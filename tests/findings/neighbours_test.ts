import { assertEquals } from "@std/assert";
import type { Multiply } from "../../pipeline/numeric/matrices.ts";
import {
  BLOCK_SAMPLES,
  NeighbourSearch,
  type SearchOptions,
} from "../../pipeline/findings/neighbours.ts";
import { Samples } from "../../pipeline/findings/samples.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { uniform } from "../support/random.ts";
import {
  GOLDEN,
  goldenSamples,
  multiplyHere,
  NEVER,
  range,
  sourceOf,
} from "./support.ts";

/** Compares all with all, or with some. */
function search(
  samples: Samples,
  options: Partial<SearchOptions> = {},
): NeighbourSearch {
  return new NeighbourSearch(samples, {
    references: range(samples.count),
    sketched: new Int32Array(0),
    images: range(samples.count),
    imageCount: samples.count,
    k: 5,
    multiply: multiplyHere,
    signal: NEVER,
    ...options,
  });
}

/** Samples of two blocks and an eighth of a third. */
function manySamples(): Samples {
  const numbers = uniform(1);
  const draw = () => [Array.from({ length: 3 }, () => numbers.next().value)];
  const length = 2.125 * BLOCK_SAMPLES;
  return new Samples([sourceOf(Array.from({ length }, draw))]);
}

Deno.test("NeighbourSearch finds those of scikit-learn", async () => {
  const found = await search(goldenSamples()).find(0);
  assertEquals([...found.samples], GOLDEN.neighbours.flat());
  // Sums of six products of F32.
  const tolerance = { rtol: 1e-5, atol: 1e-6 };
  const numbers = (rows: number[][]) => Float32Array.from(rows.flat());
  assertAllClose(found.cosines, numbers(GOLDEN.cosines), tolerance);
  assertAllClose(found.distances, numbers(GOLDEN.distances), tolerance);
});

Deno.test("NeighbourSearch compares with references only", async () => {
  const references = Int32Array.of(3, 30);
  const { samples } = await search(goldenSamples(), { references, k: 2 })
    .find(0);
  assertEquals([...samples.subarray(6, 8)], [30, -1]);
  assertEquals([...samples.subarray(8, 10)].sort(), [3, 30].sort());
});

Deno.test("NeighbourSearch multiplies each pair of blocks once, finds what comparing with all finds, and goes on with a later block", async () => {
  const samples = manySamples();
  let products = 0;
  const multiply: Multiply = (...matrices) => {
    products++;
    return multiplyHere(...matrices);
  };
  const mutual = search(samples, { multiply });
  // As if one more image were not among those that all are compared with.
  const plain = search(samples, { imageCount: samples.count + 1 });
  const found = [];
  for (const number of [0, 1, 2]) {
    found.push(await mutual.find(number));
    assertEquals(found[number], await plain.find(number));
  }
  // Four strips for each pair that a whole block begins, one for the last block.
  assertEquals(products, 4 * 5 + 1);
  // As if it had found the earlier ones.
  assertEquals(await search(samples).find(2), found[2]);
  const gap = search(samples);
  await gap.find(1);
  assertEquals(await gap.find(2), found[2]);
});

Deno.test("NeighbourSearch stops when the signal says so", async () => {
  const signal = AbortSignal.abort("enough");
  const found = await search(goldenSamples(), { signal }).find(0)
    .catch((error) => error);
  assertEquals(found, "enough");
});
