import { assertEquals } from "@std/assert";
import type { FindingGroup } from "../../pipeline/report/finding_groups.ts";
import {
  fitThumbnails,
  MOST_PHOTOS,
  rankPhotos,
  THUMBNAIL_BYTES,
} from "../../pipeline/report/photo_budget.ts";
import { PhotoSelection } from "../../pipeline/report/photo_selection.ts";

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
