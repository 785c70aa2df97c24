import { assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../pipeline/errors.ts";
import {
  checkPredictions,
  scorePhoto,
} from "../../pipeline/metrics/prediction.ts";
import { predict } from "../stages/evidence_support.ts";

Deno.test("scorePhoto() gives seven digits, the lower label first among equals", () => {
  // exp(0), exp(0), exp(ln 2): a quarter, a quarter, a half.
  const logits = Float32Array.of(0, 0, Math.LN2);
  assertEquals(scorePhoto(logits, 1, ["cat", "dog", "owl"]), {
    true: "dog",
    loss: 1.386294,
    top5: [
      { class: "owl", probability: 0.5 },
      { class: "cat", probability: 0.25 },
      { class: "dog", probability: 0.25 },
    ],
  });
});

const PREDICTIONS = [predict(3, "cat", 0.25), predict(1, "dog", 1.5)];

/** Gives values one at a time, and counts them. */
function source(values: readonly unknown[]) {
  const given: unknown[] = [];
  async function* lines() {
    for (const value of values) {
      given.push(value);
      yield value;
    }
  }
  return { lines: lines(), given };
}

Deno.test("checkPredictions() gives predictions in order, each before the next is read", async () => {
  const { lines, given } = source(PREDICTIONS);
  const seen = [];
  for await (const prediction of checkPredictions(lines, "p")) {
    seen.push(prediction);
    assertEquals(given.length, seen.length);
  }
  assertEquals(seen, PREDICTIONS);
});

Deno.test.each([
  [{ loss: null }, "loss is not valid: Invalid input: expected number"],
  [{ top5: [] }, "top5 is not valid: "],
  [{ top5: [{ class: "cat", probability: 2 }] }, "top5.0.probability is not "],
  [{ digest: "00" }, "digest is not valid: "],
  [{ record: -1 }, "record is not valid: "],
  [{ more: 1 }, "it is not valid: "],
])("checkPredictions() refuses a line with %j", async (change, message) => {
  const { lines } = source([PREDICTIONS[0], { ...PREDICTIONS[1], ...change }]);
  await assertRejects(
    () => Array.fromAsync(checkPredictions(lines, "p")),
    FormatError,
    `Cannot read line 2 of "p" as a prediction as ${message}`,
  );
});
