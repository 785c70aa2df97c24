/** All metrics of an evaluation: what `metrics.json` holds. */

import { cohenKappa, matthewsCorrelation } from "./agreement.ts";
import { measureCalibration } from "./calibration.ts";
import { reportClasses } from "./classification_report.ts";
import { confusedPairs, confusionRows, countConfusion } from "./confusion.ts";
import { checkLabels, countRows, softmax } from "./loss.ts";
import { rankClasses } from "./ranking.ts";
import { addIntervals } from "./intervals.ts";
import type { Metrics } from "./schema.ts";
import type { TemperatureFit } from "./temperature.ts";
import { topKLabels } from "./top_k.ts";

/** Pairs of confused classes that are listed. */
const LISTED_PAIRS = 10;

/** Input of {@linkcode computeMetrics}. */
interface MetricsInput {
  /** Logits in row-major order, f32 `[N, C]`. */
  logits: Float32Array;
  /** The true label of each sample, i32 `[N]`. */
  labels: Int32Array;
  /** Name of each class; position is label. */
  classNames: readonly string[];
  fit: TemperatureFit;
}

/** The best labels of each sample, and which are right. */
interface Decisions {
  /** The best label, i32 `[N]`. */
  predictions: Int32Array;
  /** 1 where it is the true one, u8 `[N]`. */
  top1: Uint8Array;
  /** 1 where the true one is among the five best, u8 `[N]`. */
  top5: Uint8Array;
}

/** Decides on every sample; ties go to the lower label. */
function decide(
  logits: Float32Array,
  labels: Int32Array,
  classCount: number,
): Decisions {
  const best = topKLabels(logits, { classCount, k: 5 });
  const width = best.length / labels.length;
  const predictions = labels.map((_, row) => best[row * width]!);
  return {
    predictions,
    top1: Uint8Array.from(
      labels,
      (label, row) => +(predictions[row] === label),
    ),
    top5: Uint8Array.from(
      labels,
      (label, row) =>
        +best.subarray(row * width, (row + 1) * width).includes(label),
    ),
  };
}

/** Share of ones. */
function shareOf(counted: Uint8Array): number {
  let sum = 0;
  for (const one of counted) sum += one;
  return sum / counted.length;
}

/**
 * Computes all metrics of a set of samples.
 *
 * @example Usage
 * ```ts
 * const { top1 } = computeMetrics({
 *   logits: Float32Array.of(2, 1, 0, 3),
 *   labels: Int32Array.of(0, 0),
 *   classNames: ["cat", "dog"],
 *   fit: { temperature: null, reason: "there are no other samples" },
 * });
 * top1; // 0.5
 * ```
 *
 * @throws {RangeError} If there is no sample, a logit is not finite, or logits, labels and class names do not fit.
 */
export function computeMetrics(input: MetricsInput): Metrics {
  const { logits, labels, classNames, fit } = input;
  const classCount = classNames.length;
  const samples = countRows(logits, classCount);
  checkLabels(labels, { samples, classCount });
  const { predictions, ...hits } = decide(logits, labels, classCount);
  const counts = countConfusion(labels, { predictions, classCount });
  const confusion = confusionRows(counts, classCount);
  const { perClass, ...means } = reportClasses(confusion);
  const probabilities = softmax(logits, classCount);
  const ranking = rankClasses(probabilities, labels, classCount);
  const calibrate = (temperature: number) =>
    measureCalibration(logits, {
      labels,
      predictions,
      classCount,
      temperature,
    });
  const before = calibrate(1);
  const { temperature, reason } = fit;
  const after = temperature === null ? null : calibrate(temperature);
  return addIntervals({
    samples,
    top1: shareOf(hits.top1),
    top5: shareOf(hits.top5),
    loss: before.loss,
    kappa: cohenKappa(confusion),
    mcc: matthewsCorrelation(confusion),
    ...means,
    ranking: { ...ranking.macro, classes: ranking.classes },
    calibration: { before, temperature, after, reason },
    confused: confusedPairs(confusion, LISTED_PAIRS).map(
      ({ label, predicted, count, share }) => ({
        true: classNames[label]!,
        predicted: classNames[predicted]!,
        count,
        share,
      }),
    ),
    perClass: perClass.map((scores, label) => ({
      name: classNames[label]!,
      ...scores,
      ...ranking.perClass[label]!,
    })),
    confusion,
  });
}
