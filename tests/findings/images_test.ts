import { assertEquals } from "@std/assert";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import {
  chooseReferences,
  chooseSketched,
  groupByDigest,
  listCopies,
} from "../../pipeline/findings/images.ts";
import { range } from "./support.ts";

Deno.test("groupByDigest() numbers images by their first samples", () => {
  const records = new ImageRecords(["a", "b", "a", "c"].map((text, i) => ({
    path: `${i}.png`,
    sizeBytes: 1,
    digest: text.repeat(64),
    width: 1,
    height: 1,
    label: 0,
    split: "train" as const,
  })));
  const { images, firsts } = groupByDigest(Int32Array.of(3, 2, 1, 0), records);
  assertEquals([...images], [0, 1, 2, 1]);
  assertEquals([...firsts], [0, 1, 2]);
});

/** Whether a sample is one of those that are held out: 27 of the 100 below. */
const isHeldOut = (sample: number) => sample >= 219;

Deno.test("chooseReferences() takes all that there are", () => {
  const firsts = range(100).map((i) => 3 * i);
  assertEquals(chooseReferences(firsts, 100, isHeldOut), firsts);
});

Deno.test("chooseReferences() takes those held out first, up to half, in rising order", () => {
  const firsts = range(100).map((i) => 3 * i);
  const part = chooseReferences(firsts, 60, isHeldOut);
  assertEquals(part.length, 60);
  assertEquals(part, part.slice().sort());
  assertEquals([...part].every((sample) => firsts.includes(sample)), true);
  assertEquals(new Set(part).size, 60);
  assertEquals(part.slice(33), firsts.slice(73));
  assertEquals(chooseReferences(firsts, 60, isHeldOut), part);
  const few = chooseReferences(firsts, 10, isHeldOut);
  assertEquals(few.length, 10);
  assertEquals(few.filter(isHeldOut).length >= 5, true);
  assertEquals(few.filter(isHeldOut).length < 10, true);
});

Deno.test("chooseSketched() takes those held out that are no references, up to a limit", () => {
  const firsts = range(100).map((i) => 3 * i);
  const references = chooseReferences(firsts, 10, isHeldOut);
  const all = chooseSketched(firsts, references, 100, isHeldOut);
  const expected = firsts.filter((sample) =>
    isHeldOut(sample) && !references.includes(sample)
  );
  assertEquals(all, expected);
  const some = chooseSketched(firsts, references, 5, isHeldOut);
  assertEquals(some.length, 5);
  assertEquals(some, some.slice().sort());
  assertEquals(some.every((sample) => all.includes(sample)), true);
  assertEquals(chooseSketched(firsts, firsts, 5, isHeldOut).length, 0);
});

Deno.test("listCopies() groups what has the same bytes, and says where it is", () => {
  const images = Int32Array.of(0, 1, 0, 2, 1, 1, 3, 3);
  const firsts = Int32Array.of(0, 1, 3, 6);
  const splits = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1);
  const labels = Int32Array.of(0, 1, 0, 2, 1, 1, 0, 1);
  const groups = [...listCopies({ images, firsts }, { splits, labels })];
  assertEquals(groups, [
    { samples: [0, 2], acrossSplits: false, acrossClasses: false },
    { samples: [1, 4, 5], acrossSplits: true, acrossClasses: false },
    { samples: [6, 7], acrossSplits: false, acrossClasses: true },
  ]);
});

Deno.test("listCopies() has none where every photo is another one", () => {
  const images = Int32Array.of(0, 1);
  const of = { splits: new Uint8Array(2), labels: new Int32Array(2) };
  assertEquals([...listCopies({ images, firsts: images }, of)], []);
});
