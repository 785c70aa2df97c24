/**
 * All metrics of an evaluation: what `metrics.json` holds.
 *
 * @module
 */

import {
  type ClassScores,
  reportClasses,
  type Scores,
} from "./classification_report.ts";
import { confusionRows, countConfusion } from "./confusion.ts";
import { checkLabels, countRows } from "./logits.ts";
import { crossEntropy } from "./loss.ts";
import { topKAccuracy, topKLabels } from "./top_k.ts";

/** The scores of a class, with its name. */
export interface NamedClassScores extends ClassScores {
  /** Name of the class. */
  name: string;
}

/** The metrics of a set of samples. */
export interface Metrics {
  /** Number N of samples. */
  samples: number;
  /** Fraction of samples whose true class has the largest logit. */
  top1: number;
  /** Fraction of samples whose true class is among the five largest; over all classes if there are fewer. */
  top5: number;
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Mean scores, each class counting the same. */
  macro: Scores;
  /** Mean scores, each class counting by its support. */
  weighted: Scores;
  /** Scores of each class; position is label. */
  perClass: NamedClassScores[];
  /** Counts of samples: row by true label, column by predicted one. */
  confusion: number[][];
}

/** What {@linkcode computeMetrics} works on. */
export interface MetricsInput {
  /** Logits in row-major order, f32 `[N, C]`. */
  logits: Float32Array;
  /** The true label of each sample, i32 `[N]`. */
  labels: Int32Array;
  /** Name of each class; position is label. */
  classNames: readonly string[];
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
 * });
 * top1; // 0.5
 * ```
 *
 * @param input Logits, true labels and class names.
 * @returns The metrics, as plain numbers that JSON holds exactly.
 * @throws {RangeError} If there is no sample, a logit is not finite, or logits, labels and class names do not fit.
 */
export function computeMetrics(input: MetricsInput): Metrics {
  const { logits, labels, classNames } = input;
  const classCount = classNames.length;
  const samples = countRows(logits, classCount);
  checkLabels(labels, { samples, classCount });
  const predictions = topKLabels(logits, { classCount, k: 1 });
  const counts = countConfusion(labels, { predictions, classCount });
  const confusion = confusionRows(counts, classCount);
  const { perClass, macro, weighted } = reportClasses(confusion);
  return {
    samples,
    top1: topKAccuracy(logits, labels, { classCount, k: 1 }),
    top5: topKAccuracy(logits, labels, { classCount, k: 5 }),
    loss: crossEntropy(logits, labels, classCount),
    macro,
    weighted,
    perClass: perClass.map((s, label) => ({ name: classNames[label]!, ...s })),
    confusion,
  };
}
