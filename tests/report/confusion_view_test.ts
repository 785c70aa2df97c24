import { assertEquals } from "@std/assert";
import {
  cellKey,
  listCells,
  viewConfusion,
} from "../../pipeline/report/confusion_view.ts";

/** A square of zeros, but for some cells. */
function matrix(
  size: number,
  cells:
    readonly (readonly [label: number, predicted: number, count: number])[],
): number[][] {
  const rows = Array.from({ length: size }, () => new Array(size).fill(0));
  for (const [label, predicted, count] of cells) {
    rows[label]![predicted] = count;
  }
  return rows;
}

Deno.test("viewConfusion() shows all of 40 classes", () => {
  const { labels, isWhole, pairs } = viewConfusion(matrix(40, [[3, 5, 2]]));
  assertEquals([labels.length, isWhole], [40, true]);
  assertEquals(pairs, [{ label: 3, predicted: 5, count: 2, share: 1 }]);
});

Deno.test("viewConfusion() chooses classes of the pairs that are confused most", () => {
  const cells = Array.from(
    { length: 30 },
    (_, i) => [99 - 2 * i, 98 - 2 * i, 30 - i] as const,
  );
  const { labels, isWhole, pairs } = viewConfusion(matrix(100, cells));
  assertEquals(isWhole, false);
  assertEquals(labels, Array.from({ length: 24 }, (_, i) => 76 + i));
  assertEquals(pairs.length, 30);
  assertEquals(viewConfusion(matrix(41, [[0, 0, 9]])).labels, []);
});

Deno.test("listCells() lists what is not empty, and pairs beside the matrix, once", () => {
  const confusion = matrix(50, [[1, 1, 4], [1, 2, 3], [9, 8, 1]]);
  const view = {
    labels: [1, 2],
    isWhole: false,
    pairs: viewConfusion(confusion).pairs,
  };
  assertEquals(listCells(view, confusion), [
    { label: 1, predicted: 1, count: 4 },
    { label: 1, predicted: 2, count: 3 },
    { label: 9, predicted: 8, count: 1 },
  ]);
  assertEquals(cellKey({ label: 9, predicted: 8 }), "9-8");
});
