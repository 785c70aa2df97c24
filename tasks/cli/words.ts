/** Numbers and names as a person reads them. */

/**
 * Shows a share as a percentage.
 *
 * @param share The share, or `null` where there is none.
 * @returns Text such as `61.7 %`.
 */
export function percent(share: number | null): string {
  return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}

/**
 * Shows a number of things, whose plural takes an s.
 *
 * @returns Text such as `1 image` or `2 images`.
 */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
