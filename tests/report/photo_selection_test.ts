import { assertEquals } from "@std/assert";
import type { Prediction } from "../../pipeline/metrics/prediction.ts";
import type { FindingGroup } from "../../pipeline/report/finding_groups.ts";
import {
  CELL_PHOTOS,
  fitThumbnails,
  MOST_PHOTOS,
  PhotoSelection,
  rankPhotos,
  THUMBNAIL_BYTES,
  WORST_MISTAKES,
} from "../../pipeline/report/photo_selection.ts";

const CELLS = [
  { label: 0, predicted: 0, count: 30 },
  { label: 0, predicted: 1, count: 30 },
  { label: 1, predicted: 0, count: 2 },
];

/** A photo of a class that is taken for another. */
function predict(
  record: number,
  own: string,
  predicted: string,
  loss: number,
): Prediction {
  const top5 = [{ class: predicted, probability: 0.5 }];
  return { record, path: `${record}.jpg`, digest: "", true: own, loss, top5 };
}

Deno.test("PhotoSelection keeps those with the highest loss, of cells and of mistakes", () => {
  const selection = new PhotoSelection(["a", "b"], CELLS);
  for (let i = 0; i < 30; i++) {
    selection.add(predict(i, "a", "b", i));
    selection.add(predict(100 + i, "a", "a", i / 100));
  }
  const of = (key: string) =>
    selection.cells.get(key)!.list().map(({ record }) => record);
  assertEquals(
    of("0-1"),
    Array.from({ length: CELL_PHOTOS }, (_, i) => 29 - i),
  );
  assertEquals(of("0-0")[0], 129);
  assertEquals(of("1-0"), []);
  assertEquals(selection.mistakes.list().length, WORST_MISTAKES);
  assertEquals(selection.mistakes.list()[0]!.record, 29);
});

Deno.test("PhotoSelection does not mind cells that are not shown", () => {
  const selection = new PhotoSelection(["a", "b"], []);
  selection.add(predict(1, "a", "b", 1));
  assertEquals(selection.mistakes.list().length, 1);
  assertEquals([...selection.roundRobin()], []);
});

Deno.test("roundRobin() gives the first of every cell, then the second, mistakes before the rest", () => {
  const selection = new PhotoSelection(["a", "b"], CELLS);
  selection.add(predict(1, "a", "a", 0.1));
  selection.add(predict(2, "a", "b", 5));
  selection.add(predict(3, "a", "b", 4));
  selection.add(predict(4, "b", "a", 1));
  assertEquals([...selection.roundRobin()].map(({ record }) => record), [
    2,
    4,
    3,
    1,
  ]);
});

/** Mistakes with these rows. */
function select(...records: number[]): PhotoSelection {
  const cells = [{ label: 0, predicted: 1, count: records.length }];
  const selection = new PhotoSelection(["a", "b"], cells);
  for (const record of records) {
    const top5 = [{ class: "b", probability: 1 }];
    const prediction = { path: "", digest: "", true: "a", loss: 1, top5 };
    selection.add({ record, ...prediction });
  }
  return selection;
}

/** A finding about photos. */
function find(...records: number[]): FindingGroup {
  const photos = records.map((record) => (
    { record, path: "", split: "train", class: "a" } as const
  ));
  const finding = { kind: "copy", photos, score: 1, message: "" } as const;
  const strongest = [{ ...finding, photos }];
  return { kind: "copy", total: 1, listed: 1, strongest };
}

Deno.test("rankPhotos() takes mistakes, then findings, each photo once", () => {
  const findings = [find(2, 7, 8, 9, 10)];
  const selection = select(1, 2);
  const evidence = undefined;
  const ranked = rankPhotos({ selection, evidence, findings });
  assertEquals([...ranked], [1, 2, 7, 8, 9]);
});

Deno.test("rankPhotos() takes no more than there is room for", () => {
  const findings = Array.from(
    { length: 300 },
    (_, i) => find(4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3),
  );
  const ranked = rankPhotos({
    selection: select(),
    evidence: undefined,
    findings,
  });
  assertEquals(ranked.size, MOST_PHOTOS);
});

Deno.test("fitThumbnails() stops when the bytes are used up", () => {
  const third = new Uint8Array(THUMBNAIL_BYTES / 3);
  const thumbnails = new Map([1, 3, 4, 5].map((record) => [record, third]));
  assertEquals([...fitThumbnails([5, 2, 4, 1, 3], thumbnails).keys()], [
    5,
    4,
    1,
  ]);
});
