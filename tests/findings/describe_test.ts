import { assertEquals } from "@std/assert";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import {
  FindingWriter,
  SHOWN_PHOTOS,
} from "../../pipeline/findings/describe.ts";
import type { Finding } from "../../pipeline/findings/finding.ts";

/** Four photos: "cat" and "dog" in train, "cat" in test, "dog" in validation; the samples are in reverse order. */
function writer(): FindingWriter {
  const record = { sizeBytes: 1, digest: "00".repeat(32), width: 1, height: 1 };
  const records = new ImageRecords([
    { path: "0.png", label: 0, split: "train", ...record },
    { path: "1.png", label: 1, split: "train", ...record },
    { path: "2.png", label: 0, split: "test", ...record },
    { path: "3.png", label: 1, split: "validation", ...record },
  ]);
  return new FindingWriter(Int32Array.of(3, 2, 1, 0), records, ["cat", "dog"]);
}

/** The photos as findings show them. */
const PHOTOS = [
  { record: 0, path: "0.png", split: "train", class: "cat" },
  { record: 1, path: "1.png", split: "train", class: "dog" },
  { record: 2, path: "2.png", split: "test", class: "cat" },
] as const;

Deno.test("FindingWriter tells copies, and where they are", () => {
  const acrossSplits = true;
  const acrossClasses = false;
  assertEquals(
    writer().describeCopies({ samples: [3, 1], acrossSplits, acrossClasses }),
    {
      kind: "copy",
      photos: [PHOTOS[0], PHOTOS[2]],
      score: 2,
      message: "the same file 2 times, in train and test",
      acrossSplits,
      acrossClasses,
    },
  );
});

/** Copies: 28 of a class in train, two of each of six more, and one of another in validation. */
function manyCopies(): Finding {
  const record = { sizeBytes: 1, digest: "00".repeat(32), width: 1, height: 1 };
  const records = new ImageRecords(
    Array.from({ length: 41 }, (_, i) => ({
      path: `${i}.png`,
      label: Math.max(0, Math.floor(i / 2) - 13),
      split: i < 40 ? "train" as const : "validation" as const,
      ...record,
    })),
  );
  const names = Array.from({ length: 8 }, (_, i) => `c${i}`);
  const of = { acrossSplits: true, acrossClasses: true };
  const samples = Array.from({ length: 41 }, (_, i) => i);
  return new FindingWriter(Int32Array.from(samples), records, names)
    .describeCopies({ samples, ...of });
}

Deno.test("FindingWriter shows some of many copies, of each split and class one", () => {
  const { photos, score, message } = manyCopies();
  assertEquals([photos.length, score], [SHOWN_PHOTOS, 41]);
  assertEquals(
    photos.map(({ record }) => record),
    [...Array(17).keys(), 28, 30, 32, 34, 36, 38, 40],
  );
  assertEquals(
    message,
    'the same file 41 times, in train and validation, under "c0", "c1", "c2", "c3", "c4" and 3 others',
  );
});

Deno.test("FindingWriter tells near-copies, and their classes if they differ", () => {
  const pair = { a: 2, b: 3, cosine: 0.93751, acrossSplits: false };
  assertEquals(writer().describeNearCopy(pair), {
    kind: "near-copy",
    photos: [PHOTOS[1], PHOTOS[0]],
    score: 0.9375,
    message: 'look the same (cosine 0.938), in train, under "dog" and "cat"',
    acrossSplits: false,
    acrossClasses: true,
  });
});

Deno.test("FindingWriter tells labels, outliers and small classes", () => {
  const suspicion = { sample: 3, suggested: 1, wrong: 0.51239, precision: 0.6 };
  assertEquals(writer().describeLabel(suspicion), {
    kind: "label",
    photos: [PHOTOS[0]],
    score: 0.5124,
    message: 'labelled "cat", looks like "dog"',
    suggested: "dog",
    precision: 0.6,
  });
  assertEquals(writer().describeOutlier({ sample: 2, deviations: 4.96 }), {
    kind: "outlier",
    photos: [PHOTOS[1]],
    score: 4.96,
    message:
      "far from every class: 5.0 robust deviations above the median distance",
  });
  const small = { split: "test", label: 0, count: 1, needed: 12 } as const;
  assertEquals(writer().describeSmallClass(small, [1]), {
    kind: "small-class",
    photos: [PHOTOS[2]],
    score: 0.9167,
    message: '1 photo of "cat" in test: 12 are needed to judge by',
  });
  const absent = { split: "train", label: 1, count: 0, needed: 10 } as const;
  assertEquals(
    writer().describeSmallClass(absent, []).message,
    '0 photos of "dog" in train: 10 are needed to train on',
  );
});
