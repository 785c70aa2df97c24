import { assertEquals } from "@std/assert";
import { warnOfCopies } from "../../pipeline/dataset/copies.ts";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";

Deno.test("warnOfCopies() names the first pairs, and counts all images", () => {
  const one = (split: "train" | "test", i: number) => ({
    path: `${split}/${i}.jpg`,
    sizeBytes: 1,
    digest: `${i}`.repeat(64),
    width: 8,
    height: 8,
    label: 0,
    split,
  });
  const all = [1, 2, 3, 4].flatMap((i) => [one("test", i), one("train", i)]);
  assertEquals(warnOfCopies(new ImageRecords(all)), [
    '8 images are copies of images in another split, such as "test/1.jpg" and "train/1.jpg", "test/2.jpg" and "train/2.jpg", "test/3.jpg" and "train/3.jpg"; results on held-out images will look better than they are',
  ]);
  assertEquals(warnOfCopies(new ImageRecords(all.slice(0, 1))), []);
});
