/**
 * Confusion matrix: how often each class was taken for each other.
 *
 * Rows are true classes, columns are predicted ones, as scikit-learn has it.
 */

import { encodeCsv } from "../artifact/csv_text.ts";
import { checkLabels } from "./loss.ts";

/**
 * Counts how often each class was predicted for each true class.
 *
 * Shapes: `labels` and `predictions` i32 `[N]`; returns i32 `[C, C]`.
 *
 * @example Usage
 * ```ts
 * const labels = Int32Array.of(0, 0, 1);
 * const predictions = Int32Array.of(0, 1, 1);
 * countConfusion(labels, { predictions, classCount: 2 }); // [1, 1, 0, 1]
 * ```
 *
 * @returns Counts in row-major order: row by true label, column by predicted one.
 * @throws {RangeError} If the lengths differ, or a label or prediction is not in `[0, C)`.
 */
export function countConfusion(
  labels: Int32Array,
  options: {
    predictions: Int32Array;
    classCount: number;
  },
): Int32Array {
  const { predictions, classCount } = options;
  checkLabels(labels, { samples: predictions.length, classCount });
  checkLabels(predictions, { samples: labels.length, classCount });
  const counts = new Int32Array(classCount * classCount);
  for (let i = 0; i < labels.length; i++) {
    counts[labels[i]! * classCount + predictions[i]!]!++;
  }
  return counts;
}

/**
 * Splits a confusion matrix into its rows.
 *
 * @param counts Counts in row-major order, i32 `[C, C]`.
 * @returns For each true label its counts by predicted label.
 */
export function confusionRows(
  counts: Int32Array,
  classCount: number,
): number[][] {
  return Array.from(
    { length: classCount },
    (_, i) => [...counts.subarray(i * classCount, (i + 1) * classCount)],
  );
}

/**
 * Writes a confusion matrix as CSV, with class names in the first row and column.
 *
 * Lines end in CR LF, and names with a comma, a quote or a line break are
 * quoted. Source: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180. Names that a
 * spreadsheet would run as formulas have an apostrophe before them.
 *
 * @example Usage
 * ```ts
 * encodeConfusion([[2, 1], [0, 3]], ["cat", "dog"]);
 * // "true \\ predicted,cat,dog\r\ncat,2,1\r\ndog,0,3\r\n"
 * ```
 *
 * @param rows For each true label its counts by predicted label.
 * @param classNames Name of each class; position is label.
 * @throws {RangeError} If the matrix is not square with one row a class.
 */
export function encodeConfusion(
  rows: readonly (readonly number[])[],
  classNames: readonly string[],
): string {
  const classCount = classNames.length;
  if ([rows, ...rows].some(({ length }) => length !== classCount)) {
    throw new RangeError(
      `Cannot write a confusion matrix of ${classCount} classes: current rows have ${
        rows.map(({ length }) => length).join(", ")
      } counts`,
    );
  }
  const lines = rows.map((counts, i) => [classNames[i]!, ...counts]);
  const header = ["true \\ predicted", ...classNames];
  return encodeCsv([header, ...lines]);
}

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
