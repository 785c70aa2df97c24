/**
 * String order by code points, which is how Python sorts.
 *
 * JavaScript compares UTF-16 code units, where a character outside the Basic
 * Multilingual Plane comes before some inside it. The old script's labels are
 * positions in Python's order.
 */

/**
 * Compares two strings by their code points, for `Array.sort`.
 *
 * @example Usage
 * ```ts
 * ["\u{1F33B}", "\uFF5E"].sort(compareCodePoints)[0]; // "\uFF5E"
 * ```
 *
 * @returns Below 0 if `a` comes first, above 0 if `b` does, 0 if they are equal.
 */
export function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  // What differs may be the second half of a character.
  for (i = Math.max(0, i - 1); i < a.length && i < b.length;) {
    const pointA = a.codePointAt(i)!;
    const pointB = b.codePointAt(i)!;
    if (pointA !== pointB) return pointA - pointB;
    i += pointA > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}
