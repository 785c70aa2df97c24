import { assertEquals } from "@std/assert";
import { sumBatch } from "../../pipeline/head/batch_sums.ts";

Deno.test("sumBatch() weighs losses and counts the first of equals", () => {
  const logP = Float32Array.of(-1, -2, -3, -4, -0.5, -0.5, -2, -1, -1);
  const batch = {
    targets: Float32Array.of(1, 0, 0, 0.25, 0.5, 0.25, 0, 0, 1),
    weights: Float32Array.of(2, 1, 0.5),
    labels: Int32Array.of(0, 1, 2),
  };
  // The third has two likely classes, of which the first is not its label.
  assertEquals(sumBatch(logP, batch), {
    loss: 2 * 1 + 1 * (1 + 0.25 + 0.125) + 0.5 * 1,
    correct: 2,
  });
});

Deno.test("sumBatch() passes on what is not a number", () => {
  const logP = Float32Array.of(NaN, NaN);
  const targets = Float32Array.of(0, 1);
  const batch = {
    targets,
    weights: Float32Array.of(1),
    labels: Int32Array.of(1),
  };
  assertEquals(sumBatch(logP, batch), { loss: NaN, correct: 0 });
});
