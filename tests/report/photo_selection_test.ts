import { assertEquals } from "@std/assert";
import type { Prediction } from "../../pipeline/metrics/prediction.ts";
import {
  CELL_PHOTOS,
  PhotoSelection,
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
