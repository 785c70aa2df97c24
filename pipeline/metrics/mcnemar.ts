/**
 * McNemar's test: whether two classifiers differ on the same samples by more than
 * chance explains.
 *
 * Samples that both have right, or both wrong, say nothing. If the two were equally
 * good, each of the others would be as likely to be won as to be lost: their counts
 * are those of a fair coin, and the binomial distribution says exactly how rare a
 * split as uneven as this one is.
 *
 * Source: McNemar 1947, https://doi.org/10.1007/BF02295996; for classifiers,
 * Dietterich 1998, https://doi.org/10.1162/089976698300017197. The exact form, not
 * the chi-squared one with Edwards' correction of 1948, which needs many samples.
 */

import { binomialProbability } from "./binomial.ts";

/** Throws unless a count is one. */
function checkCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `Cannot test counts as they must be whole numbers of 0 or more: current value is ${count}`,
    );
  }
}

/**
 * Computes the p value of McNemar's exact two-sided test,
 * `min(1, 2 P(X <= min(won, lost)))` with X binomial of one half.
 *
 * @example Usage
 * ```ts
 * mcnemarExact(1, 4); // 0.375, 2 (1 + 5) / 2^5
 * ```
 *
 * @param won Samples that only the one has right.
 * @param lost Samples that only the other has right.
 * @returns A probability in `[0, 1]`: 1 if the counts are equal, 0 where it is below what float64 holds.
 * @throws {RangeError} If a count is not a whole number of 0 or more.
 */
export function mcnemarExact(won: number, lost: number): number {
  checkCount(won);
  checkCount(lost);
  const n = won + lost;
  const k = Math.min(won, lost);
  // A difference of one is the evenest split of an odd number: all are as uneven.
  if (n - 2 * k <= 1) return 1;
  // P(X = i - 1) / P(X = i) is i / (n - i + 1): below 1, and falling.
  let sum = 1;
  let term = 1;
  for (let i = k; i > 0; i--) {
    term *= i / (n - i + 1);
    if (sum + term === sum) break;
    sum += term;
  }
  return Math.min(1, 2 * sum * binomialProbability(k, n, 0.5));
}
