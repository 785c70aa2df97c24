/** Rows of list files: CSV with any usual separator, JSON Lines, Parquet. */

import { parse } from "@std/csv";
import { FormatError } from "../errors.ts";
import { decodeJsonLines } from "./json_lines.ts";
import type { ListRow, ListTable } from "./list_table.ts";
import { readParquet } from "./parquet.ts";

/** Extensions of list files. */
const LIST_NAME = /\.(csv|tsv|jsonl|parquet)$/i;

/** What may separate the columns of CSV; the first of those that are equally frequent is taken. */
const SEPARATORS = [",", ";", "\t"];

/** Says whether a file may be a list, by its name. */
export function isListName(path: string): boolean {
  return LIST_NAME.test(path);
}

/**
 * Finds what separates the columns of CSV, by the header line; quoted names do not count.
 *
 * @param text The file, or its first line.
 * @returns A comma, a semicolon or a tab.
 */
export function findSeparator(text: string): string {
  const header = text.split(/\r?\n/, 1)[0]!.replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => header.split(separator).length;
  return SEPARATORS.reduce((best, s) => count(s) > count(best) ? s : best);
}

/** Decodes text: UTF-16 where it begins with a byte order mark, as "Unicode text" of Excel does, else UTF-8. */
function decodeText(bytes: Uint8Array): string {
  const mark = bytes[0]! << 8 | bytes[1]!;
  const label = mark === 0xfffe
    ? "utf-16le"
    : mark === 0xfeff
    ? "utf-16be"
    : "utf-8";
  return new TextDecoder(label).decode(bytes);
}

/** Reads the rows of a CSV file with a header line; spaces around names and values do not count. */
function readCsv(bytes: Uint8Array, file: string): ListTable {
  const text = decodeText(bytes);
  try {
    const separator = findSeparator(text);
    // Each line must have as many fields as the header.
    const options = { separator, fieldsPerRecord: 0 };
    const lines = parse(text, options) as string[][];
    const columns = lines.shift()?.map((name) => name.trim());
    if (columns === undefined) throw new SyntaxError("the file is empty");
    const rows = lines.map((line): ListRow =>
      Object.fromEntries(columns.map((column, i) => [column, line[i]!.trim()]))
    );
    return { columns, rows };
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${file}" as CSV with a header line: ${
        (cause as Error).message
      }`,
      { path: file, cause },
    );
  }
}

/** Reads the rows of JSON Lines. */
function readJsonLines(bytes: Uint8Array, file: string): ListTable {
  const rows = decodeJsonLines<ListRow | null>(bytes, file);
  const columns = new Set(rows.flatMap((row) => Object.keys(row ?? {})));
  return { columns: [...columns], rows };
}

/**
 * Reads the rows of a list.
 *
 * @param file Name of the list; its extension says what it is.
 * @throws {FormatError} If the file cannot be parsed.
 */
export async function readListRows(
  bytes: Uint8Array,
  file: string,
): Promise<ListTable> {
  if (/\.parquet$/i.test(file)) return await readParquet(bytes, file);
  return /\.[ct]sv$/i.test(file)
    ? readCsv(bytes, file)
    : readJsonLines(bytes, file);
}
