/** The binomial distribution, and intervals of a share that was counted. */

/** Lower and upper end. */
export type Interval = [low: number, high: number];

/** Share of samplings whose interval holds the true share, at the least. */
export const INTERVAL_LEVEL = 0.95;

/** Up to this number the factorial itself is used; above it the next term of the series, 691 / 360360 n^-11, is below what float64 tells apart. */
const LAST_EXACT = 15;

/**
 * How far Stirling's formula is from the logarithm of a factorial:
 * `ln n! - ln(sqrt(2 pi n) (n / e)^n)`.
 */
function stirlingError(n: number): number {
  if (n <= LAST_EXACT) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial) -
      (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n);
  }
  const square = n * n;
  const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
  return terms.reduceRight((sum, term) => term + sum / square, 0) / n;
}

/** `x ln(x / mean) + mean - x`, without the cancellation where the two are close. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) {
    return x * Math.log(x / mean) + mean - x;
  }
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let i = 1;; i++) {
    power *= v * v;
    const next = sum + power / (2 * i + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/**
 * Probability of exactly k successes in n trials.
 *
 * By Stirling's formula with its error, not by logarithms of the gamma function:
 * those of a million are so large that their difference loses seven digits.
 *
 * Source: Loader 2000, Fast and accurate computation of binomial probabilities,
 * as in R's `dbinom`.
 *
 * @param p Probability of a success, in `(0, 1)`.
 */
export function binomialProbability(k: number, n: number, p: number): number {
  if (k === 0) return (1 - p) ** n;
  if (k === n) return p ** n;
  const other = n - k;
  const exponent = stirlingError(n) - stirlingError(k) - stirlingError(other) -
    deviance(k, n * p) - deviance(other, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * other));
}

/** Probability of k or more successes, where k is above the mean. */
function upperTail(k: number, n: number, p: number): number {
  const odds = p / (1 - p);
  // P(X = i + 1) / P(X = i): below 1 above the mean, and falling.
  let sum = 1;
  let term = 1;
  for (let i = k; i < n; i++) {
    term *= (n - i) / (i + 1) * odds;
    if (sum + term === sum) break;
    sum += term;
  }
  return sum * binomialProbability(k, n, p);
}

/** The share at which k or more successes in n trials have the probability of a tail. */
function lowerEnd(k: number, n: number): number {
  if (k === 0) return 0;
  const tail = (1 - INTERVAL_LEVEL) / 2;
  let [low, high] = [0, k / n];
  while (true) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return low;
    if (upperTail(k, n, middle) < tail) low = middle;
    else high = middle;
  }
}

/**
 * Computes the exact interval of a share: whatever the true share is, the interval
 * holds it in 95 % of all samplings or more, from the first sample on.
 *
 * Wilson's is narrower, and holds 95 % on average over all shares only: 83 % of
 * samplings of ten, for the least favourable share.
 *
 * Source: Clopper and Pearson 1934, https://doi.org/10.1093/biomet/26.4.404; Brown,
 * Cai and DasGupta 2001, https://doi.org/10.1214/ss/1009213286.
 *
 * @example Usage
 * ```ts
 * shareInterval(3, 3); // [0.292…, 1]
 * ```
 *
 * @param k Samples that count.
 * @param n All samples.
 * @returns The 95 % interval; `null` if there is no sample.
 */
export function shareInterval(k: number, n: number): Interval | null {
  return n === 0 ? null : [lowerEnd(k, n), 1 - lowerEnd(n - k, n)];
}
