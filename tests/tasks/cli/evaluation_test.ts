import { assertEquals } from "@std/assert";
import { computeMetrics } from "../../../pipeline/metrics/metrics.ts";
import { renderEvaluation } from "../../../tasks/cli/evaluation.ts";

/** Evaluates samples of three classes by their predictions, all of the same confidence. */
function evaluate(
  labels: number[],
  predictions: number[],
  options: { temperature?: number; classCount?: number } = {},
) {
  const { temperature, classCount = 3 } = options;
  const logits = predictions.flatMap((prediction) =>
    Array.from({ length: classCount }, (_, i) => i === prediction ? 2 : 0)
  );
  return computeMetrics({
    logits: Float32Array.from(logits),
    labels: Int32Array.from(labels),
    classNames: ["ash", "box\n", ..."cdefghijklmnopqrstuvwxyzABCDEFGHIJ"]
      .slice(0, classCount),
    fit: temperature === undefined
      ? { temperature: null, reason: "there is no reason" }
      : { temperature, reason: null },
  });
}

Deno.test("renderEvaluation() shows classes, confusion, totals, calibration and pairs", () => {
  const metrics = evaluate([0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 1, 0], {
    temperature: 2,
  });
  const lines = renderEvaluation(metrics, { split: "test", columns: 80 });
  assertEquals(lines.join("\n").split("\n"), [
    "  class     precision  recall  support  f1",
    "  --------  ---------  ------  -------  -----  --------------",
    "  ash       0.500      0.333         3  0.400  ████████",
    "  box\\u{a}  0.500      1.000         2  0.667  █████████████▍",
    "  c         0.000      0.000         1  0.000",
    "",
    "  true \\ predicted  ash  box\\u{a}  c",
    "  ----------------  ---  --------  -",
    "  ash                 1         2  0",
    "  box\\u{a}            0         2  0",
    "  c                   1         0  0",
    "",
    "  test: 6 samples, top-1 50.0 % (95 % interval 11.8 % to 88.2 %), loss 1.2395, macro F1 0.3556",
    "  calibration: ECE 0.2870, Brier 0.7485; at temperature 2.000 ECE 0.0761, Brier 0.6337, loss 1.0514",
    "  most confused: ash as box\\u{a} 2 times (66.7 %), c as ash 1 time (100.0 %)",
  ]);
});

Deno.test("renderEvaluation() says why there is no temperature, and of no confusion nothing", () => {
  const metrics = evaluate([0, 1], [0, 1]);
  const lines = renderEvaluation(metrics, { split: "train", columns: 20 });
  assertEquals(lines.length, 4);
  assertEquals(
    lines.at(-1),
    "  calibration: ECE 0.2130, Brier 0.0681; no temperature: there is no reason",
  );
});

Deno.test("renderEvaluation() leaves out tables when there are many classes", () => {
  const metrics = evaluate([0, 1], [0, 2], { classCount: 31 });
  const lines = renderEvaluation(metrics, { split: "test", columns: 80 });
  assertEquals(lines.length, 3);
  assertEquals(
    lines.at(-1),
    "  most confused: box\\u{a} as c 1 time (100.0 %)",
  );
});
