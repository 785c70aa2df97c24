import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  brierScore,
  expectedCalibrationError,
  measureCalibration,
} from "../../pipeline/metrics/calibration.ts";

/** The error of samples that are all right, by their confidences. */
function errorOf(...confidences: number[]): number {
  const hits = new Uint8Array(confidences.length).fill(1);
  return expectedCalibrationError(Float64Array.from(confidences), hits);
}

Deno.test("expectedCalibrationError() compares confidence and accuracy bin by bin", () => {
  const confidences = Float64Array.of(0.75, 0.75, 1, 0.125);
  const hits = Uint8Array.of(1, 0, 1, 0);
  assertEquals(expectedCalibrationError(confidences, hits), (0.5 + 0.125) / 4);
  assertEquals(errorOf(1, 1), 0);
  assertEquals(errorOf(0.25), 0.75);
});

Deno.test("expectedCalibrationError() counts the upper edge of a bin to it", () => {
  const hits = Uint8Array.of(1, 0);
  for (let edge = 1; edge < 15; edge++) {
    const at = edge / 15;
    // In one bin the two cancel each other in part; in two they do not.
    const below = Float64Array.of(at, at - 0.01);
    const above = Float64Array.of(at, at + 0.01);
    const sum = (values: Float64Array) => values[1]! - (values[0]! - 1);
    assertAlmostEquals(
      expectedCalibrationError(below, hits),
      Math.abs(below[0]! - 1 + below[1]!) / 2,
      1e-15,
    );
    assertAlmostEquals(
      expectedCalibrationError(above, hits),
      sum(above) / 2,
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
