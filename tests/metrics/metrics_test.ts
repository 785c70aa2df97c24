import { assertEquals, assertThrows } from "@std/assert";
import { softmax } from "../../pipeline/metrics/loss.ts";
import {
  computeMetrics,
  type Metrics,
} from "../../pipeline/metrics/metrics.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readFixture } from "../support/fixtures.ts";

/** A case of `fixtures/golden/metrics.json`. */
interface Case {
  classNames: string[];
  labels: number[];
  logits: number[];
  metrics: Metrics;
  probabilities?: number[];
}

const CASES: Case[] = JSON.parse(
  new TextDecoder().decode(await readFixture("golden/metrics.json")),
);

/** Sums of at most 30 float64 numbers in another order; scikit-learn works in float64 too. */
const TOLERANCE = { atol: 1e-9 };

/** Moves the numbers of some JSON into a list, leaving zeros, so that shape and numbers can be compared apart. */
function takeNumbers(value: unknown): { shape: string; numbers: number[] } {
  const numbers: number[] = [];
  const shape = JSON.stringify(value, (_, part) => {
    if (typeof part !== "number") return part;
    numbers.push(part);
    return 0;
  });
  return { shape, numbers };
}

Deno.test("computeMetrics() equals scikit-learn", () => {
  assertEquals(CASES.length, 48);
  for (const { classNames, labels, logits, metrics } of CASES) {
    const actual = takeNumbers(computeMetrics({
      logits: Float32Array.from(logits),
      labels: Int32Array.from(labels),
      classNames,
    }));
    const expected = takeNumbers(metrics);
    assertEquals(actual.shape, expected.shape);
    assertAllClose(actual.numbers, expected.numbers, TOLERANCE);
  }
});

Deno.test("softmax() equals SciPy", () => {
  const cases = CASES.filter(({ probabilities }) => probabilities);
  assertEquals(cases.length, 24);
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
  });
  assertEquals(confusion, [[0, 0, 0], [0, 1, 0], [0, 1, 0]]);
  assertEquals(top1, 0.5);
});

Deno.test("computeMetrics() throws when there is no sample", () => {
  const logits = new Float32Array(0);
  const labels = new Int32Array(0);
  assertThrows(
    () => computeMetrics({ logits, labels, classNames: ["a", "b"] }),
    RangeError,
    "Cannot compute metrics as there must be at least one sample: there are 0",
  );
});

Deno.test("computeMetrics() names the row when a logit is not a number", () => {
  const logits = Float32Array.of(0, 1, 2, NaN);
  const labels = Int32Array.of(0, 1);
  assertThrows(
    () => computeMetrics({ logits, labels, classNames: ["a", "b"] }),
    RangeError,
    "Cannot compute metrics as logits must be finite: row 1 has NaN for label 1",
  );
});
