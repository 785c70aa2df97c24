/**
 * The pairs of classes that are confused most.
 *
 * @module
 */

/** A class taken for another. */
export interface ConfusedPair {
  label: number;
  predicted: number;
  count: number;
  /** Share of the samples of the true class. */
  share: number;
}

/**
 * Lists the pairs of a true and another predicted class by their samples, most
 * first; among equals the lower true label, then the lower predicted one.
 *
 * @example Usage
 * ```ts
 * confusedPairs([[3, 1], [0, 2]], 10);
 * // [{ label: 0, predicted: 1, count: 1, share: 0.25 }]
 * ```
 *
 * @param confusion For each true label its counts by predicted label; square.
 * @param limit How many pairs at most.
 * @returns Pairs with at least one sample.
 */
export function confusedPairs(
  confusion: readonly (readonly number[])[],
  limit: number,
): ConfusedPair[] {
  return confusion.flatMap((row, label) => {
    const support = row.reduce((a, b) => a + b, 0);
    return row
      .map((count, predicted) => (
        { label, predicted, count, share: count / support }
      ))
      .filter(({ count, predicted }) => count > 0 && predicted !== label);
  })
    // Sorting is stable: pairs come in the order of their labels.
    .sort((a, b) => b.count - a.count)
    .slice(0, limit);
}
