import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { softmax } from "../../pipeline/metrics/loss.ts";
import { computeMetrics } from "../../pipeline/metrics/metrics.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readFixture } from "../support/fixtures.ts";
import { compareMetrics, computeCase, type MetricsCase } from "./support.ts";

/** A case of `fixtures/golden/metrics.json`. */
interface Case extends MetricsCase {
  metrics: unknown;
  probabilities?: number[];
}

const CASES: Case[] = JSON.parse(
  new TextDecoder().decode(await readFixture("golden/metrics.json")),
);

/** Sums of at most 30 float64 numbers in another order; scikit-learn works in float64 too. */
const TOLERANCE = { atol: 1e-9 };

/** No temperature. */
const PLAIN = {
  fit: { temperature: null, reason: "none" },
} as const;

Deno.test("computeMetrics() equals scikit-learn", () => {
  assertEquals(CASES.length, 44);
  for (const item of CASES) {
    const differences = compareMetrics(computeCase(item), item.metrics);
    for (const [name, difference] of differences) {
      assertLessOrEqual(difference, TOLERANCE.atol, `${name} of ${item.seed}`);
    }
  }
});

Deno.test("computeMetrics() gives a temperature or the reason why there is none", () => {
  const fits = CASES.map((item) => computeCase(item).calibration);
  for (const { temperature, reason, after } of fits) {
    assertEquals(temperature === null, reason !== null);
    assertEquals(temperature === null, after === null);
  }
  assertEquals(fits.filter(({ after }) => after).length, 15);
});

Deno.test("softmax() equals SciPy", () => {
  const cases = CASES.filter(({ probabilities }) => probabilities);
  assertEquals(cases.length, 22);
  for (const { classNames, logits, probabilities } of cases) {
    const actual = softmax(Float32Array.from(logits), classNames.length);
    assertAllClose(actual, probabilities!, TOLERANCE);
  }
});

Deno.test("computeMetrics() predicts the lower label when logits are equal", () => {
  const { confusion, top1 } = computeMetrics({
    logits: Float32Array.of(1, 2, 2, 1, 2, 2),
    labels: Int32Array.of(1, 2),
    classNames: ["a", "b", "c"],
    ...PLAIN,
  });
  assertEquals(confusion, [[0, 0, 0], [0, 1, 0], [0, 1, 0]]);
  assertEquals(top1, 0.5);
});

Deno.test("computeMetrics() throws when there is no sample", () => {
  const logits = new Float32Array(0);
  const labels = new Int32Array(0);
  assertThrows(
    () => computeMetrics({ logits, labels, classNames: ["a", "b"], ...PLAIN }),
    RangeError,
    "Cannot compute metrics as there must be at least one sample: there are 0",
  );
});

Deno.test("computeMetrics() names the row when a logit is not a number", () => {
  const logits = Float32Array.of(0, 1, 2, NaN);
  const labels = Int32Array.of(0, 1);
  assertThrows(
    () => computeMetrics({ logits, labels, classNames: ["a", "b"], ...PLAIN }),
    RangeError,
    "Cannot compute metrics as logits must be finite: row 1 has NaN for label 1",
  );
});
