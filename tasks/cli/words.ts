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
 * Shows a number of things.
 *
 * @param thing One of them, whose plural takes an s.
 * @returns Text such as `1 image` or `2 images`.
 */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}

/**
 * Makes a name from outside safe to print: control characters would move the
 * cursor, or break a line or a table; others turn the direction of what follows,
 * or have no width. Joiners stay, which some scripts need.
 *
 * @returns The name with `\u{…}` in place of such characters.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\u200b\ufeff\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}
