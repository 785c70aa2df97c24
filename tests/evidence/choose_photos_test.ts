import { assertEquals } from "@std/assert";
import {
  choosePhotos,
  MOST_MISTAKES,
  MOST_RIGHT,
} from "../../pipeline/evidence/choose_photos.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";
import type { Prediction } from "../../pipeline/metrics/prediction.ts";
import { predict } from "../stages/evidence_support.ts";

/** Chooses by the numbers of a seed; returns records, mistakes negative. */
async function choose(
  predictions: readonly Prediction[],
  seed = 1,
): Promise<number[]> {
  const chosen = await choosePhotos(predictions, uniformNumbers(seed));
  return chosen.map(({ prediction: { record }, reason }) =>
    reason === "mistake" ? -record : record
  );
}

/** Predictions of records that are all right. */
const RIGHT = Array.from({ length: 100 }, (_, i) => predict(i, "cat", 0));

Deno.test("choosePhotos() takes the worst mistakes first, ties by record", async () => {
  const predictions = [
    predict(5, "dog", 1),
    predict(6, "cat", 9),
    predict(9, "dog", 2),
    predict(4, "dog", 1),
    predict(3, "dog", 3),
    predict(1, "cat", 0),
  ];
  assertEquals(await choose(predictions), [-3, -9, -4, -5, 1, 6]);
});

Deno.test("choosePhotos() takes no more mistakes than are looked at", async () => {
  const predictions = Array.from(
    { length: 100 },
    (_, i) => predict(i + 1, "dog", (i * 37) % 100),
  );
  const worst = predictions.toSorted((a, b) => b.loss - a.loss)
    .slice(0, MOST_MISTAKES);
  assertEquals(await choose(predictions), worst.map(({ record }) => -record));
});

Deno.test("choosePhotos() samples those that are right by the seed", async () => {
  const first = await choose(RIGHT, 1);
  assertEquals(first.length, MOST_RIGHT);
  assertEquals(first, first.toSorted((a, b) => a - b));
  assertEquals(await choose(RIGHT, 1), first);
  assertEquals((await choose(RIGHT, 2)).join() === first.join(), false);
  assertEquals(await choose(RIGHT.toReversed(), 1), first);
});

Deno.test("choosePhotos() samples every photo as often as any other", async () => {
  const counts = new Int32Array(RIGHT.length);
  for (let seed = 0; seed < 1000; seed++) {
    for (const record of await choose(RIGHT, seed)) counts[record]!++;
  }
  // 120 are expected, with a standard deviation of 10.3.
  assertEquals(counts.every((count) => count > 75 && count < 165), true);
});

Deno.test("choosePhotos() takes all where there are few, and none of none", async () => {
  assertEquals(await choose(RIGHT.slice(0, 3)), [0, 1, 2]);
  assertEquals(await choose([]), []);
});
