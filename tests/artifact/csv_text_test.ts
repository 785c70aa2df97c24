import { assertEquals } from "@std/assert";
import { encodeCsv } from "../../pipeline/artifact/csv_text.ts";

/** Names of classes and files; the second is the text of the cell. */
const NAMES: [string, string][] = [
  ['=HYPERLINK("http://a","b")', `'=HYPERLINK("http://a","b")`],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t'=1"],
  ["\r\n=1", "'\r'\n'=1"],
  ["\uff1d1", "'\uff1d1"],
  // Where the separator is another, these would be cells of their own.
  ["rose;=1+1", "rose;'=1+1"],
  ['rose";=1', `rose";'=1`],
  ["'=1", "''=1"],
  ["''=1", "'''=1"],
  // Of these a spreadsheet makes nothing.
  ["'s Gravenhage", "'s Gravenhage"],
  ["a=b-c", "a=b-c"],
  ["rose, red", "rose, red"],
  ["", ""],
];

/** Takes the apostrophes away, as the documentation says. */
function restore(cell: string): string {
  return cell.replace(
    /(?:^|(?<=[;,\t\r\n"]))'(?='*[=+\-@\t\r\n＝＋－＠])/g,
    "",
  );
}

Deno.test.each(NAMES)("encodeCsv() writes %j as %j", (name, cell) => {
  const quoted = /[",\r\n]/.test(cell)
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
  assertEquals(encodeCsv([[name, -1]]), `${quoted},-1\r\n`);
  assertEquals(restore(cell), name);
});
