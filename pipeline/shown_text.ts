/** Text from outside, such as names of files, made fit to show. */

/** Characters of a message before its middle is left out. */
const MOST_CHARACTERS = 2000;

/**
 * Leaves out the middle of a message that is too long to read.
 *
 * @returns At most some 2,000 characters: its start and its end.
 */
export function shorten(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  // With room for what stands between, so that a shortened text stays as it is.
  const half = MOST_CHARACTERS / 2 - 50;
  const left = text.length - 2 * half;
  const [start, end] = [text.slice(0, half), text.slice(-half)];
  return `${start}… (${left} characters left out) …${end}`.toWellFormed();
}

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
