/**
 * Intervals by the bootstrap: how far a share would move if the samples were
 * drawn again.
 *
 * @module
 */

/** Random numbers of a resample: uniform in `[0, 1)` by position. */
export type ResampleNumbers = (
  resample: number,
) => (position: number) => number;

/** Lower and upper end. */
export type Interval = [low: number, high: number];

/** Times that samples are drawn again. */
export const RESAMPLES = 1000;

/** Share of resamples within an interval. */
export const INTERVAL_LEVEL = 0.95;

/** Value below which a share of sorted numbers lies, between two of them by a straight line. */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/**
 * Computes percentile intervals of shares of the same samples.
 *
 * Every resample draws as many samples as there are, with replacement, and the
 * same ones for all shares. Equal random numbers give equal intervals.
 *
 * Source: Efron and Tibshirani 1993, An introduction to the bootstrap, section
 * 13.3; percentiles as numpy's `linear`.
 *
 * @example Usage
 * ```ts
 * const always = Uint8Array.of(1, 1, 1);
 * bootstrapShares([always], () => () => 0.5); // [[1, 1]]
 * ```
 *
 * @param shares For each share 1 for a sample that counts and 0 for another, u8 `[N]`.
 * @param numbers Random numbers of each resample.
 * @returns The 95 % interval of each share.
 */
export function bootstrapShares(
  shares: readonly Uint8Array[],
  numbers: ResampleNumbers,
): Interval[] {
  const samples = shares[0]?.length ?? 0;
  const drawn = new Int32Array(samples);
  const means = shares.map(() => new Float64Array(RESAMPLES));
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const uniform = numbers(resample);
    for (let i = 0; i < samples; i++) {
      drawn[i] = Math.floor(uniform(i) * samples);
    }
    shares.forEach((counted, share) => {
      let sum = 0;
      for (let i = 0; i < samples; i++) sum += counted[drawn[i]!]!;
      means[share]![resample] = sum / samples;
    });
  }
  const tail = (1 - INTERVAL_LEVEL) / 2;
  return means.map((values) => {
    values.sort();
    return [percentile(values, tail), percentile(values, 1 - tail)];
  });
}
