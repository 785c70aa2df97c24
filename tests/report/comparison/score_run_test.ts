import { assertAlmostEquals, assertEquals } from "@std/assert";
import { computeMetrics } from "../../../pipeline/metrics/metrics.ts";
import { scorePhoto } from "../../../pipeline/metrics/prediction.ts";
import { PredictionTable } from "../../../pipeline/report/comparison/prediction_table.ts";
import { scoreRun } from "../../../pipeline/report/comparison/score_run.ts";
import { uniform } from "../../support/random.ts";
import { digestOf } from "./support.ts";

/** Digits that predictions keep. */
const DIGITS = 1e-6;

Deno.test("scoreRun() gives the numbers of metrics.json on all photos of a run", () => {
  const classNames = Array.from({ length: 7 }, (_, i) => `class ${i}`);
  const count = 60;
  const random = uniform(3);
  const draw = () => random.next().value;
  const labels = Int32Array.from({ length: count }, () => draw() * 6 | 0);
  const logits = Float32Array.from(
    { length: count * 7 },
    (_, i) => draw() * 3 + (i % 7 === labels[i / 7 | 0] ? 1 : 0),
  );
  const table = new PredictionTable(classNames);
  labels.forEach((label, i) => {
    const scores = logits.subarray(i * 7, (i + 1) * 7);
    const scored = scorePhoto(scores, label, classNames);
    const digest = digestOf(i);
    table.push({ record: i, path: `${i}`, digest, ...scored });
  });
  const metrics = computeMetrics({
    logits,
    labels,
    classNames,
    fit: { temperature: null, reason: "none" },
  });
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  const { scores, top1Interval, hits, confusion } = scoreRun(
    table,
    rows,
  );
  assertEquals(top1Interval, metrics.intervals.top1);
  assertEquals(confusion, metrics.confusion);
  assertEquals(hits.reduce((a, b) => a + b, 0) / count, metrics.top1);
  assertEquals(
    [scores.top1, scores.top5, scores.macroF1, scores.kappa],
    [metrics.top1, metrics.top5, metrics.macro.f1, metrics.kappa],
  );
  assertAlmostEquals(scores.loss, metrics.loss, DIGITS);
  assertAlmostEquals(scores.ece, metrics.calibration.before.ece, DIGITS);
});

Deno.test("scoreRun() counts the photos that are given alone", () => {
  const table = new PredictionTable(["a", "b"]);
  for (const [i, one] of ["a", "b", "b"].entries()) {
    const top5 = [{ class: "b", probability: 0.5 }];
    const digest = digestOf(i);
    table.push({ record: i, path: "", digest, true: one, loss: i, top5 });
  }
  const { scores, hits } = scoreRun(table, Int32Array.of(2, 1));
  assertEquals([...hits], [1, 1]);
  assertEquals(scores, {
    top1: 1,
    top5: null,
    loss: 1.5,
    macroF1: 0.5,
    kappa: null,
    ece: 0.5,
  });
});
