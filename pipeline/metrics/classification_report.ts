/**
 * Precision, recall and F1 by class, and their means.
 *
 * A ratio without a denominator is 0, as in scikit-learn with
 * `zero_division=0`: the precision of a class that was never predicted, the
 * recall of a class that never occurs. Every class counts in the means, absent
 * ones too, so that results on different splits can be compared.
 *
 * Source: https://scikit-learn.org/1.2/modules/model_evaluation.html#precision-recall-f-measure-metrics.
 */

/** Three ratios in `[0, 1]`. */
export interface Scores {
  /** Of the samples predicted as the class, how many are of it. */
  precision: number;
  /** Of the samples of the class, how many were predicted as it. */
  recall: number;
  /** Harmonic mean of precision and recall. */
  f1: number;
}

/** The scores of a class. */
export interface ClassScores extends Scores {
  /** Number of samples that are of the class. */
  support: number;
}

/** The scores of all classes. */
interface ClassificationReport {
  /** Scores by label. */
  perClass: ClassScores[];
  /** Mean over classes, each counting the same. */
  macro: Scores;
  /** Mean over classes, each counting by its support. */
  weighted: Scores;
  /** Scores of all decisions counted together; with one label a sample, all three are the top-1 accuracy. */
  micro: Scores;
}

/** A ratio that is 0 where there is nothing to divide by. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Mean of the scores, each class counting by its weight. */
function meanScores(perClass: ClassScores[], weights: number[]): Scores {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (key: keyof Scores) =>
    ratio(perClass.reduce((sum, s, i) => sum + s[key] * weights[i]!, 0), total);
  return {
    precision: mean("precision"),
    recall: mean("recall"),
    f1: mean("f1"),
  };
}

/**
 * Computes the scores of every class from a confusion matrix.
 *
 * F1 is `2 TP / (predicted + support)`, which equals the harmonic mean and needs
 * no case for precision and recall of 0.
 *
 * @example Usage
 * ```ts
 * reportClasses([[1, 1], [0, 2]]).perClass[0];
 * // { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 }
 * ```
 *
 * @param confusion For each true label its counts by predicted label; square.
 */
export function reportClasses(
  confusion: readonly (readonly number[])[],
): ClassificationReport {
  const perClass = confusion.map((row, label) => {
    const hits = row[label] ?? 0;
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, r) => sum + (r[label] ?? 0), 0);
    return {
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, predicted + support),
      support,
    };
  });
  const hits = confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const samples = perClass.reduce((sum, { support }) => sum + support, 0);
  const accuracy = ratio(hits, samples);
  return {
    perClass,
    macro: meanScores(perClass, perClass.map(() => 1)),
    weighted: meanScores(perClass, perClass.map(({ support }) => support)),
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
  };
}
