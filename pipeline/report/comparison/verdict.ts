/**
 * What a comparison of two runs comes to, in words.
 *
 * @module
 */

/**
 * Shows a probability with two digits, or as many as it takes to see on which side
 * of the level it is; the smallest with a bound.
 */
function showP(p: number, level: number): string {
  if (p < 1e-12) return "p < 1e-12";
  for (let digits = 2;; digits++) {
    const shown = p < 0.001
      ? p.toExponential(digits - 1)
      : p.toPrecision(digits);
    if (Number(shown) < level === p < level) return `p = ${shown}`;
  }
}

/** The test of two runs. */
export interface Tested {
  p: number;
  /** Photos that only the other run has right. */
  won: number;
  /** Photos that only the first run has right. */
  lost: number;
  /** Names of the first run and the other. */
  runs: [first: string, other: string];
  /** Level below which p is more than chance. */
  level: number;
}

/**
 * Says which of two runs is better, if it can be said.
 *
 * @returns A phrase without a period.
 */
export function describeVerdict(tested: Tested): string {
  const { p, won, lost, runs: [first, other], level } = tested;
  if (won + lost === 0) {
    return `${other} and ${first} have the same photos right`;
  }
  if (p >= level) {
    return `no difference beyond chance (${showP(p, level)})`;
  }
  const better = won > lost ? "better" : "worse";
  return `${other} is ${better} than ${first}, by more than chance would explain (${
    showP(p, level)
  })`;
}
