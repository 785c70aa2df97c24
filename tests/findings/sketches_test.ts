import { assertEquals } from "@std/assert";
import { NeighbourSearch } from "../../pipeline/findings/neighbours.ts";
import { Samples } from "../../pipeline/findings/samples.ts";
import { uniform } from "../support/random.ts";
import { multiplyHere, NEVER, range, sourceOf } from "./support.ts";

/** Length of a vector, more than that of a sketch. */
const SIZE = 256;

/** Samples that look random; each of the last 20 is the first but for a little noise. */
function samplesWithCopies(count: number): Samples {
  const numbers = uniform(3);
  const draw = (scale: number) =>
    Array.from({ length: SIZE }, () => scale * (numbers.next().value - 0.5));
  const photos = Array.from({ length: count - 20 }, () => draw(1));
  const copies = photos.slice(0, 20).map((photo, i) => {
    const noise = draw(i / 40);
    return photo.map((x, k) => x + noise[k]!);
  });
  return new Samples([sourceOf([...photos, ...copies].map((one) => [one]))]);
}

/** The pairs of near-copies, and their cosines. */
async function findPairs(samples: Samples, options: {
  references: Int32Array;
  sketched: Int32Array;
  images?: Int32Array;
}) {
  const { k, samples: others, cosines } = await new NeighbourSearch(samples, {
    images: range(samples.count),
    imageCount: samples.count,
    k: 3,
    multiply: multiplyHere,
    signal: NEVER,
    ...options,
  }).find(0);
  return Array.from(
    others,
    (other, i) => [Math.floor(i / k), other, cosines[i]],
  )
    .filter(([, , cosine]) => cosine! >= 0.9);
}

Deno.test("SketchSearch finds the near-copies that comparing with all finds", async () => {
  const samples = samplesWithCopies(120);
  const all = range(120);
  const none = new Int32Array(0);
  const exact = await findPairs(samples, { references: all, sketched: none });
  assertEquals(exact.length, 40);
  // The last sample has a copy, and is a reference.
  const sketched = all.subarray(100, 119);
  const options = { references: Int32Array.of(119), sketched };
  const found = await findPairs(samples, options);
  const wanted = exact.filter(([, other]) => other! >= 100);
  const round = ([sample, other, cosine]: (number | undefined)[]) => [
    sample,
    other,
    cosine!.toFixed(5),
  ];
  assertEquals(found.map(round), wanted.map(round));
});

Deno.test("SketchSearch passes over copies and the sample itself", async () => {
  const samples = samplesWithCopies(120);
  const images = range(120).map((i) => i >= 100 ? i - 100 : i);
  const sketched = range(120).subarray(100);
  const options = { references: Int32Array.of(50), sketched, images };
  assertEquals(await findPairs(samples, options), []);
});

Deno.test("SketchSearch copes with vectors of zeros", async () => {
  const rows = [[1, 1], [1, 1], [1, 1], [1, 1]].map((row) => [row]);
  const samples = new Samples([sourceOf(rows)]);
  const sketched = Int32Array.of(2, 3);
  const options = { references: Int32Array.of(1), sketched };
  assertEquals(await findPairs(samples, options), []);
});
