/**
 * How well the score of a class ranks its samples before all others: one class
 * against the rest, over all thresholds.
 *
 * Equal scores pass a threshold together, so ties count as scikit-learn counts
 * them. A class without samples, or without any of another class, ranks nothing
 * and has no numbers; the means are over the others.
 */

import { checkLabels } from "./loss.ts";

/** How well a class, or the mean of classes, is ranked; `null` where there is nothing to rank. */
export interface Ranking {
  /** Area under the ROC curve: chance that a sample of the class has a higher score than another, ties one half. */
  rocAuc: number | null;
  /** Average precision: mean precision over the samples of the class, each at its own score. */
  averagePrecision: number | null;
}

/** How well all classes are ranked. */
interface RankingReport {
  /** By label. */
  perClass: Ranking[];
  /** Mean over the classes that have numbers, each counting the same. */
  macro: Ranking;
  /** Number of classes in the mean. */
  classes: number;
}

/** Position of the first of the scores that end before `end` and equal the one there. */
function startOfTie(scores: Float64Array, end: number): number {
  const score = scores[end - 1]!;
  while (end > 0 && scores[end - 1] === score) end--;
  return end;
}

/**
 * Computes ROC-AUC and average precision of one class.
 *
 * Sorts the two sides apart, natively and without a comparator, and walks down
 * both at once, threshold by threshold.
 *
 * Source: Fawcett 2006, An introduction to ROC analysis,
 * https://doi.org/10.1016/j.patrec.2005.10.010; average precision without
 * interpolation, https://scikit-learn.org/1.2/modules/generated/sklearn.metrics.average_precision_score.html.
 *
 * @example Usage
 * ```ts
 * rankScores(Float64Array.of(0.9, 0.5), Float64Array.of(0.5, 0.1));
 * // { rocAuc: 0.875, averagePrecision: 5 / 6 }
 * ```
 *
 * @param positives Scores of the samples of the class, f64; sorted in place.
 * @param negatives Scores of all others, f64; sorted in place.
 * @returns The numbers, `null` unless there are samples on both sides.
 */
export function rankScores(
  positives: Float64Array,
  negatives: Float64Array,
): Ranking {
  const total = positives.length;
  if (total === 0 || negatives.length === 0) {
    return { rocAuc: null, averagePrecision: null };
  }
  positives.sort();
  negatives.sort();
  let [p, n] = [total, negatives.length];
  let [area, precision] = [0, 0];
  while (p > 0) {
    const score = positives[p - 1]!;
    while (n > 0 && negatives[n - 1]! > score) n--;
    const [nextP, nextN] = [
      startOfTie(positives, p),
      n > 0 && negatives[n - 1] === score ? startOfTie(negatives, n) : n,
    ];
    area += (p - nextP) * (nextN + (n - nextN) / 2);
    const right = total - nextP;
    precision += (p - nextP) * right / (right + negatives.length - nextN);
    [p, n] = [nextP, nextN];
  }
  return {
    rocAuc: area / (total * negatives.length),
    averagePrecision: precision / total,
  };
}

/** Mean of some numbers, `null` of none. */
function mean(numbers: number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

/**
 * Computes ROC-AUC and average precision of every class against the rest.
 *
 * Shapes: `scores` f64 `[N, C]`, `labels` i32 `[N]`.
 *
 * @param scores The scores in row-major order, such as probabilities; higher for likelier.
 * @throws {RangeError} If the labels do not fit.
 */
export function rankClasses(
  scores: Float64Array,
  labels: Int32Array,
  classCount: number,
): RankingReport {
  const samples = scores.length / classCount;
  checkLabels(labels, { samples, classCount });
  const supports = new Int32Array(classCount);
  for (const label of labels) supports[label]!++;
  const perClass = Array.from(supports, (support, label) => {
    const positives = new Float64Array(support);
    const negatives = new Float64Array(samples - support);
    let [p, n] = [0, 0];
    for (let row = 0; row < samples; row++) {
      const score = scores[row * classCount + label]!;
      if (labels[row] === label) positives[p++] = score;
      else negatives[n++] = score;
    }
    return rankScores(positives, negatives);
  });
  const numbers = (key: keyof Ranking) =>
    perClass.map((ranking) => ranking[key]).filter((value) => value !== null);
  const areas = numbers("rocAuc");
  return {
    perClass,
    macro: {
      rocAuc: mean(areas),
      averagePrecision: mean(numbers("averagePrecision")),
    },
    classes: areas.length,
  };
}
