import { assertEquals, assertThrows } from "@std/assert";
import { PredictionTable } from "../../../pipeline/report/comparison/prediction_table.ts";
import { digestOf, predictionOf, tableOf } from "./support.ts";

Deno.test("PredictionTable keeps what a comparison needs of each prediction", () => {
  const table = tableOf([[7, "a", "a"], [8, "b", "c", 0.5, "x/ä.jpg"]]);
  assertEquals(table.length, 2);
  assertEquals([table.path(0), table.path(1)], ["7.jpg", "x/ä.jpg"]);
  assertEquals(table.hexDigest(1), digestOf(8));
  assertEquals([table.record(0), table.record(1)], [70, 80]);
  assertEquals([table.truth(1), table.predicted(1)], [1, 2]);
  assertEquals([table.probability(0), table.probability(1)], [0.75, 0.5]);
  assertEquals(table.loss(1), Math.LN2);
  assertEquals([table.isRight(0), table.isRight(1)], [1, 0]);
  const last = { ...predictionOf([9, "c", "a"]), true: "b" };
  table.push(last);
  assertEquals([0, 1, 2].map((row) => table.isInTop5(row)), [1, 1, 0]);
});

Deno.test("PredictionTable throws when a class is not one of the run", () => {
  const table = new PredictionTable(["a"]);
  assertThrows(
    () => table.push(predictionOf([1, "a", "x"])),
    RangeError,
    'Cannot use the prediction of a class as it must be one of the run: current value is "x"',
  );
  assertEquals(table.length, 0);
});
