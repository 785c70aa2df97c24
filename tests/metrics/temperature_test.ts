import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crossEntropy } from "../../pipeline/metrics/loss.ts";
import { fitTemperature } from "../../pipeline/metrics/temperature.ts";
import { uniform } from "../support/random.ts";

Deno.test.each([2, 0.01, 300])(
  "fitTemperature() finds the temperature when logits lie %s apart",
  (distance) => {
    const logits = Float32Array.from(
      { length: 8 },
      (_, i) => i % 2 ? 0 : distance,
    );
    const fit = fitTemperature(logits, Int32Array.of(0, 0, 0, 1), 2);
    const expected = logits[0]! / Math.log(3);
    assertAlmostEquals(fit.temperature! / expected, 1, 1e-10);
    assertEquals(fit.reason, null);
  },
);

Deno.test("fitTemperature() finds the lowest loss", () => {
  const numbers = uniform(5);
  const draw = () => numbers.next().value;
  const labels = Int32Array.from({ length: 200 }, () => Math.floor(draw() * 7));
  const logits = Float32Array.from(
    { length: 1400 },
    (_, i) => 9 * draw() + (labels[Math.floor(i / 7)] === i % 7 ? 4 : 0),
  );
  const { temperature } = fitTemperature(logits, labels, 7);
  const lossAt = (t: number) => crossEntropy(logits, labels, 7, t);
  const lowest = lossAt(temperature!);
  for (const factor of [0.5, 0.99, 1.01, 2]) {
    assertEquals(lossAt(temperature! * factor) > lowest, true);
  }
});

Deno.test.each([
  [[0, 0, 0, 0], [0, 1], 2],
  [[0, 1, 1, 0], [0, 1], 2],
  [[5, 5], [0, 0], 1],
])(
  "fitTemperature() says that logits %j for the labels %j are no better than chance",
  (logits, labels, classCount) => {
    const fit = fitTemperature(
      Float32Array.from(logits),
      Int32Array.from(labels),
      classCount,
    );
    assertEquals(fit, {
      temperature: null,
      reason:
        "the loss falls up to a temperature of 1000: the logits are no better than chance",
    });
  },
);

Deno.test("fitTemperature() says that there are no errors when all samples are right", () => {
  const logits = Float32Array.of(1, 0, 0, 8);
  assertEquals(fitTemperature(logits, Int32Array.of(0, 1), 2), {
    temperature: null,
    reason:
      "the loss falls down to a temperature of 0.001: there are no errors to fit it on",
  });
});

Deno.test("fitTemperature() throws when a logit is not a number", () => {
  assertThrows(
    () => fitTemperature(Float32Array.of(0, NaN), Int32Array.of(0), 2),
    RangeError,
    "Cannot compute metrics as logits must be finite: row 0 has NaN for label 1",
  );
});
