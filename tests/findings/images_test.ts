import { assertEquals } from "@std/assert";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import {
  chooseReferences,
  groupByDigest,
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

Deno.test("chooseReferences() takes all, or a random part in rising order", () => {
  const firsts = range(100).map((i) => 3 * i);
  assertEquals(chooseReferences(firsts, 100), firsts);
  const part = chooseReferences(firsts, 10);
  assertEquals(part.length, 10);
  assertEquals(part, part.slice().sort());
  assertEquals([...part].every((sample) => firsts.includes(sample)), true);
  assertEquals(new Set(part).size, 10);
  assertEquals(chooseReferences(firsts, 10), part);
});
