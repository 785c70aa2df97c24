import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  binConfidences,
  brierScore,
  expectedCalibrationError,
  measureCalibration,
} from "../../pipeline/metrics/calibration.ts";

/** The error of samples by their confidences, which are right where that says so. */
function errorOf(confidences: number[], hits: number[]): number {
  const bins = binConfidences(
    Float64Array.from(confidences),
    Uint8Array.from(hits),
  );
  return expectedCalibrationError(bins);
}

Deno.test("binConfidences() counts, and has no means of an empty bin", () => {
  const bins = binConfidences(
    Float64Array.of(0.75, 0.75, 1, 1 + 2 ** -52),
    Uint8Array.of(1, 0, 1, 1),
  );
  assertEquals(bins.length, 15);
  assertEquals(bins[11], { count: 2, confidence: 0.75, accuracy: 0.5 });
  assertEquals(bins[14]!.count, 2);
  assertEquals(bins[0], { count: 0, confidence: null, accuracy: null });
});

Deno.test("expectedCalibrationError() compares confidence and accuracy bin by bin", () => {
  const confidences = [0.75, 0.75, 1, 0.125];
  assertEquals(errorOf(confidences, [1, 0, 1, 0]), (0.5 + 0.125) / 4);
  assertEquals(errorOf([1, 1], [1, 1]), 0);
  assertEquals(errorOf([0.25], [1]), 0.75);
});

Deno.test("expectedCalibrationError() counts the upper edge of a bin to it", () => {
  const hits = [1, 0];
  for (let edge = 1; edge < 15; edge++) {
    const at = edge / 15;
    // In one bin the two cancel each other in part; in two they do not.
    const [below, above] = [at - 0.01, at + 0.01];
    assertAlmostEquals(
      errorOf([at, below], hits),
      Math.abs(at - 1 + below) / 2,
      1e-15,
    );
    assertAlmostEquals(
      errorOf([at, above], hits),
      (above - (at - 1)) / 2,
      1e-15,
    );
  }
});

Deno.test("brierScore() sums over the classes", () => {
  const probabilities = Float64Array.of(0.5, 0.25, 0.25, 1, 0, 0);
  assertEquals(
    brierScore(probabilities, Int32Array.of(0, 2), 3),
    (0.25 + 0.0625 + 0.0625 + 2) / 2,
  );
  assertEquals(brierScore(Float64Array.of(0, 1), Int32Array.of(1), 2), 0);
});

Deno.test("brierScore() throws when a label is not one of the classes", () => {
  assertThrows(
    () => brierScore(Float64Array.of(0, 1), Int32Array.of(2), 2),
    RangeError,
    "Cannot compute metrics as labels must be in [0, 2): row 0 has 2",
  );
});

Deno.test("measureCalibration() divides the logits by the temperature", () => {
  const labels = Int32Array.of(0, 1);
  const predictions = Int32Array.of(0, 0);
  const options = { labels, predictions, classCount: 2 };
  const logits = Float32Array.of(Math.log(3) * 2, 0, Math.log(3) * 2, 0);
  const { ece, brier, loss } = measureCalibration(logits, {
    ...options,
    temperature: 2,
  });
  assertAlmostEquals(ece, 0.25, 1e-7);
  assertAlmostEquals(brier, (2 / 16 + 2 * 9 / 16) / 2, 1e-7);
  assertAlmostEquals(loss, -(Math.log(0.75) + Math.log(0.25)) / 2, 1e-7);
  assertAlmostEquals(measureCalibration(logits, options).ece, 0.4, 1e-7);
});
