/**
 * Agreement of predictions with the truth beyond chance, from a confusion matrix.
 */

/** Sums of a confusion matrix. */
interface Sums {
  /** Samples by true label. */
  supports: number[];
  /** Samples by predicted label. */
  predicted: number[];
  hits: number;
  samples: number;
}

/** Adds up a confusion matrix. */
function sumConfusion(confusion: readonly (readonly number[])[]): Sums {
  const supports = confusion.map((row) => row.reduce((a, b) => a + b, 0));
  const predicted = confusion.map(() => 0);
  for (const row of confusion) {
    row.forEach((count, label) => predicted[label]! += count);
  }
  return {
    supports,
    predicted,
    hits: confusion.reduce((sum, row, label) => sum + row[label]!, 0),
    samples: supports.reduce((a, b) => a + b, 0),
  };
}

/** Sum of products, position by position. */
function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/**
 * Computes Cohen's kappa: 0 for what chance would agree on, 1 for everything.
 *
 * Source: Cohen 1960, https://doi.org/10.1177/001316446002000104.
 *
 * @example Usage
 * ```ts
 * cohenKappa([[1, 1], [0, 2]]); // 0.5
 * ```
 *
 * @param confusion For each true label its counts by predicted label; square.
 * @returns A number in `[-1, 1]`; `null` if truth and predictions are the same single class, where scikit-learn gives NaN.
 */
export function cohenKappa(
  confusion: readonly (readonly number[])[],
): number | null {
  const { supports, predicted, hits, samples } = sumConfusion(confusion);
  // Both times `samples`: counts stay whole, and "all by chance" is exactly 0.
  const byChance = samples * samples - dot(supports, predicted);
  return byChance === 0 ? null : 1 - samples * (samples - hits) / byChance;
}

/**
 * Computes Matthews' correlation coefficient of truth and predictions, for any
 * number of classes.
 *
 * Source: Gorodkin 2004, https://doi.org/10.1016/j.compbiolchem.2004.09.006.
 *
 * @example Usage
 * ```ts
 * matthewsCorrelation([[1, 1], [0, 2]]); // 0.577…, 1 / sqrt(3)
 * ```
 *
 * @param confusion For each true label its counts by predicted label; square.
 * @returns A number in `[-1, 1]`; 0 if truth or predictions are a single class, as in scikit-learn.
 */
export function matthewsCorrelation(
  confusion: readonly (readonly number[])[],
): number {
  const { supports, predicted, hits, samples } = sumConfusion(confusion);
  const together = hits * samples - dot(supports, predicted);
  const ofTruth = samples * samples - dot(supports, supports);
  const ofPredictions = samples * samples - dot(predicted, predicted);
  if (ofTruth === 0 || ofPredictions === 0) return 0;
  return together / (Math.sqrt(ofTruth) * Math.sqrt(ofPredictions));
}
