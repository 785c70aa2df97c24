import { assertEquals } from "@std/assert";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import { NeighbourSearch } from "../../pipeline/findings/neighbours.ts";
import { FindingsSearch } from "../../pipeline/findings/search.ts";
import { uniform } from "../support/random.ts";
import { multiplyHere, NEVER, range, sourceOf } from "./support.ts";

/** Numbers of an embedding. */
const SIZE = 64;

/** Photos that are unlike all others. */
const OTHERS = 120;

/** Frames of one scene in train, after the others, and in validation, at the end. */
const FRAMES = [20, 5] as const;

/** Embeddings of the photos, `[OTHERS + 25, 1, SIZE]`. */
function embeddings(): number[][][] {
  const numbers = uniform(3);
  const draw = () =>
    Array.from({ length: SIZE }, () => numbers.next().value * 2 - 1);
  const scene = draw();
  const frame = () => draw().map((x, i) => scene[i]! + x * 0.2);
  return [
    ...Array.from({ length: OTHERS }, draw),
    ...Array.from({ length: FRAMES[0] + FRAMES[1] }, frame),
  ].map((row) => [row]);
}

Deno.test("addNeighbours() finds near-copies across splits in a burst of more photos than neighbours are kept", async () => {
  const rows = embeddings();
  const [count, trained] = [rows.length, OTHERS + FRAMES[0]];
  const records = new ImageRecords(rows.map((_, i) => ({
    path: `${i}.png`,
    sizeBytes: 1,
    digest: i.toString(16).padStart(64, "0"),
    width: 1,
    height: 1,
    label: 0,
    split: i < trained ? "train" : "validation",
  })));
  const search = new FindingsSearch({
    sources: [
      sourceOf(rows.slice(0, trained)),
      sourceOf(rows.slice(trained), { first: trained }),
    ],
    records,
    classNames: ["a"],
    multiply: multiplyHere,
  });
  const options = {
    references: range(count),
    sketched: range(0),
    images: range(count),
    imageCount: count,
    k: 16,
    multiply: multiplyHere,
    signal: NEVER,
  };
  const found = await new NeighbourSearch(search.samples, options).find(0);
  await search.addNeighbours(async function* () {
    for (let sample = 0; sample < count; sample++) {
      const kept = [sample * found.k, (sample + 1) * found.k] as const;
      yield {
        sample,
        others: found.samples.subarray(...kept),
        cosines: found.cosines.subarray(...kept),
        distances: found.distances.subarray(...kept),
      };
    }
  });
  // All neighbours of a frame are frames, and none is as near as 0.98.
  const frames = found.cosines.subarray(OTHERS * found.k);
  const [least, most] = [Math.min(...frames), Math.max(...frames)];
  assertEquals([least > 0.9, most < 0.98], [true, true], `${least} ${most}`);
  const pairs = search.lists["near-copy"].list();
  const across = pairs.filter(({ acrossSplits }) => acrossSplits);
  const held = across.flatMap(({ photos }) =>
    photos.map(({ record }) => record).filter((record) => record >= trained)
  );
  assertEquals(
    [...new Set(held)].sort((a, b) => a - b),
    Array.from({ length: FRAMES[1] }, (_, i) => trained + i),
  );
  const isFrame = pairs.every(({ photos }) =>
    photos.every(({ record }) => record >= OTHERS)
  );
  assertEquals(isFrame, true);
});
