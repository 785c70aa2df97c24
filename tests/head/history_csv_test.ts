import { assertEquals } from "@std/assert";
import { encodeHistoryCsv } from "../../pipeline/head/history_csv.ts";

const FIRST = {
  epoch: 1,
  step: 5,
  learningRate: 0.001,
  trainLoss: 1.5,
  trainAccuracy: 0.25,
};

Deno.test("encodeHistoryCsv() writes a line an epoch, empty where there is no number", () => {
  const second = {
    ...FIRST,
    epoch: 2,
    validationLoss: 0.75,
    validationAccuracy: 0,
  };
  assertEquals(
    encodeHistoryCsv([FIRST, second]),
    "epoch,step,learningRate,trainLoss,trainAccuracy,validationLoss,validationAccuracy\r\n" +
      "1,5,0.001,1.5,0.25,,\r\n" +
      "2,5,0.001,1.5,0.25,0.75,0\r\n",
  );
});
