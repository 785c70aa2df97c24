/** Text from outside, such as names of files, made fit to show. */

/**
 * Makes a name from outside safe to show: control characters would move the
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
