import { assertEquals, assertLess } from "@std/assert";
import { matchPhotos } from "../../../pipeline/report/comparison/match_photos.ts";
import { type Brief, tableOf } from "./support.ts";

/** Matches photos that are given as number and path, by run. */
function matched(...runs: [photo: number, path?: string][][]) {
  const { rows, unmatched, renamed } = matchPhotos(
    runs.map((photos) =>
      tableOf(photos.map(([photo, path]): Brief => [
        photo,
        "a",
        "a",
        1,
        path ?? `${photo}.jpg`,
      ]))
    ),
  );
  return {
    rows: rows.map((one) => [...one]),
    unmatched: unmatched.map((one) => [...one]),
    renamed,
  };
}

Deno.test("matchPhotos() finds the same photos in another order, and those that one run lacks", () => {
  assertEquals(matched([[1], [2], [3]], [[3], [4], [1]]), {
    rows: [[0, 2], [2, 0]],
    unmatched: [[1], [1]],
    renamed: [0, 0],
  });
});

Deno.test("matchPhotos() takes photos that all runs have", () => {
  assertEquals(matched([[1], [2], [3]], [[1], [2]], [[2], [3]]), {
    rows: [[1], [1], [0]],
    unmatched: [[0, 2], [0], [1]],
    renamed: [0, 0, 0],
  });
});

Deno.test("matchPhotos() knows a photo that has moved by its bytes", () => {
  assertEquals(matched([[1, "x/1.jpg"], [2]], [[1, "y/1.jpg"], [2]]), {
    rows: [[0, 1], [0, 1]],
    unmatched: [[], []],
    renamed: [0, 1],
  });
});

Deno.test("matchPhotos() gives each copy a partner of its own, that of its path first", () => {
  const copies = (...paths: string[]) =>
    paths.map((path): [number, string] => [1, path]);
  assertEquals(matched(copies("a", "b", "c"), copies("c", "b", "a")), {
    rows: [[0, 1, 2], [2, 1, 0]],
    unmatched: [[], []],
    renamed: [0, 0],
  });
  // "a" is gone: its place takes "d", not "c", which has a partner.
  assertEquals(matched(copies("a", "b", "c"), copies("b", "c", "d")), {
    rows: [[0, 1, 2], [2, 0, 1]],
    unmatched: [[], []],
    renamed: [0, 1],
  });
  assertEquals(matched(copies("a", "b", "c"), copies("c", "e")), {
    rows: [[0, 2], [1, 0]],
    unmatched: [[1], []],
    renamed: [0, 1],
  });
  assertEquals(matched(copies("b"), copies("a", "b", "c")), {
    rows: [[0], [1]],
    unmatched: [[], [0, 2]],
    renamed: [0, 0],
  });
});

Deno.test("matchPhotos() finds nothing in common where there is nothing", () => {
  assertEquals(matched([[1]], [[2]]), {
    rows: [[], []],
    unmatched: [[0], [0]],
    renamed: [0, 0],
  });
  assertEquals(matched([], [[2]]).rows, [[], []]);
});

Deno.test("matchPhotos() does not take a copy of the path for a photo of other bytes", () => {
  const run = (...photos: [number, string][]) => photos;
  const [one, other] = [
    run([1, "a"], [2, "b"], [2, "c"]),
    run([2, "a"], [1, "b"], [2, "d"]),
  ];
  assertEquals(matched(one, other), {
    rows: [[0, 1, 2], [1, 0, 2]],
    unmatched: [[], []],
    renamed: [0, 3],
  });
});

Deno.test.each(["a", "b"])(
  "matchPhotos() looks at each of many copies a few times, also in folder %s",
  (folder) => {
    const length = 5000;
    const digest = new Uint8Array(32);
    let looks = 0;
    const copies = (folder: string) => ({
      length,
      path: (row: number) => (looks++, `${folder}/${row}.jpg`),
      digest: () => (looks++, digest),
    });
    const { rows, renamed } = matchPhotos([copies("a"), copies(folder)]);
    assertEquals(rows[1], Int32Array.from({ length }, (_, i) => i));
    assertEquals(renamed, [0, folder === "a" ? 0 : length]);
    assertLess(looks, 20 * length);
  },
);
