/**
 * CSV that spreadsheets do not run: names of classes and files come from elsewhere.
 */

import { stringify } from "@std/csv";

/**
 * Where a spreadsheet may find a formula in a cell: at its start, or behind what
 * separates cells somewhere. Apostrophes before it do not count, so that the one
 * that is put there can be taken away again.
 *
 * Source: https://owasp.org/www-community/attacks/CSV_Injection.
 */
export const FORMULA: RegExp =
  /(?<=^|[;,\t\r\n"])(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/g;

/**
 * Writes rows as CSV (RFC 4180). An apostrophe is put before what a spreadsheet
 * would run as a formula; `docs/metrics.md` says how a script takes it away again.
 *
 * @example Usage
 * ```ts
 * encodeCsv([["=1+1", -1], ["it's", 2]]); // "'=1+1,-1\r\nit's,2\r\n"
 * ```
 *
 * @param rows The cells; numbers are as they are.
 * @returns Lines that end in CR LF.
 */
export function encodeCsv(
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) =>
    row.map((cell) =>
      typeof cell === "string" ? cell.replace(FORMULA, "'") : cell
    )
  );
  return stringify(cells, { headers: false });
}
