import { assertEquals } from "@std/assert";
import {
  bestEpoch,
  encodeHistoryCsv,
  hasStopped,
  nameHeldOut,
  readHeldOut,
} from "../../pipeline/head/history.ts";

/** Makes a history of validation losses. */
function historyOf(losses: readonly number[]) {
  return losses.map((validationLoss, i) => ({ epoch: i + 1, validationLoss }));
}

Deno.test.each([
  [[3, 2, 1], 3],
  [[1, 2, 3], 1],
  [[2, 1, 1], 2],
  [[NaN, 2, 3], 2],
])("bestEpoch() of losses %j is %s", (losses, expected) => {
  assertEquals(bestEpoch(historyOf(losses)), expected);
});

Deno.test("bestEpoch() is the last when nothing was validated", () => {
  assertEquals(bestEpoch([{ epoch: 1 }, { epoch: 2 }]), 2);
});

Deno.test.each([
  [[1, 2], 2, false],
  [[1, 2, 3], 2, true],
  [[3, 4, 2, 3], 2, false],
  [[1, 2, 3, 4], 0, false],
  [[], 1, false],
])(
  "hasStopped() of losses %j with patience %s is %s",
  (losses, patience, expected) => {
    assertEquals(hasStopped(historyOf(losses), patience), expected);
  },
);

const FIRST = {
  epoch: 1,
  step: 5,
  learningRate: 0.001,
  trainLoss: 1.5,
  trainAccuracy: 0.25,
};

Deno.test("encodeHistoryCsv() writes a line an epoch, empty where there is no number", async () => {
  const second = {
    ...FIRST,
    epoch: 2,
    validationLoss: 0.75,
    validationAccuracy: 0,
  };
  assertEquals(
    await encodeHistoryCsv([FIRST, second], "validation"),
    "epoch,step,learningRate,trainLoss,trainAccuracy,validationLoss,validationAccuracy\r\n" +
      "1,5,0.001,1.5,0.25,,\r\n" +
      "2,5,0.001,1.5,0.25,0.75,0\r\n",
  );
});

Deno.test("numbers of the test split are called so in files, and read back", async () => {
  const record = { ...FIRST, validationLoss: 0.75, validationAccuracy: 0.5 };
  const named = nameHeldOut(record, "test");
  assertEquals(named, { ...FIRST, testLoss: 0.75, testAccuracy: 0.5 });
  assertEquals(
    readHeldOut({ ...FIRST, testLoss: 0.75, testAccuracy: 0.5 }),
    record,
  );
  assertEquals(readHeldOut(FIRST), FIRST);
  assertEquals(nameHeldOut(record, "validation"), { ...record });
  assertEquals(
    (await encodeHistoryCsv([record], "test")).split("\r\n")[0],
    "epoch,step,learningRate,trainLoss,trainAccuracy,testLoss,testAccuracy",
  );
});
