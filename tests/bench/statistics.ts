/**
 * Medians and spreads.
 *
 * @module
 */

/** The least and the greatest of some numbers. */
export type Spread = readonly [least: number, greatest: number];

/** Throws unless there is a number. */
function requireNumbers(values: readonly number[], what: string): void {
  if (values.length > 0) return;
  throw new RangeError(
    `Cannot take the ${what} as there must be a number: there is none`,
  );
}

/**
 * Returns the number in the middle, or the mean of the two that are.
 *
 * @param values The numbers, in any order.
 * @returns Their median.
 * @throws {RangeError} If there is none.
 */
export function median(values: readonly number[]): number {
  requireNumbers(values, "median");
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

/**
 * Returns the least and the greatest number.
 *
 * @param values The numbers, in any order.
 * @returns Both.
 * @throws {RangeError} If there is none.
 */
export function spread(values: readonly number[]): Spread {
  requireNumbers(values, "spread");
  return [Math.min(...values), Math.max(...values)];
}

/**
 * Divides numbers by those of the same round.
 *
 * What slows the machine down for a while slows both down, and not the ratio.
 *
 * @param above The numbers above the line, one a round.
 * @param below Those below it.
 * @returns A ratio a round.
 * @throws {RangeError} If they are not equally many.
 */
export function pairRatios(
  above: readonly number[],
  below: readonly number[],
): number[] {
  if (above.length !== below.length) {
    throw new RangeError(
      `Cannot pair rounds as both must have as many: one has ${above.length}, the other ${below.length}`,
    );
  }
  return above.map((value, i) => value / below[i]!);
}
