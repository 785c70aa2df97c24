/** Rows of list files: CSV with any usual separator, JSON Lines, Parquet. */

import { FormatError } from "../errors.ts";
import { decodeJsonLines } from "./json_lines.ts";
import type { ListRow, ListTable } from "./list_table.ts";

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
function findSeparator(text: string): string {
  const header = text.split(/\r?\n/, 1)[0]!.replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => header.split(separator).length;
  return SEPARATORS.reduce((best, s) => count(s) > count(best) ? s : best);
}

/**
 * Finds the encoding of a list: UTF-16 where it begins with a byte order mark, as
 * "Unicode text" of Excel does, else UTF-8.
 *
 * @param bytes The file, or its first two bytes.
 * @returns A name that `TextDecoder` knows.
 */
export function findEncoding(bytes: Uint8Array): string {
  const mark = bytes[0]! << 8 | bytes[1]!;
  return mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
}

/**
 * Says how CSV is parsed: each line must have as many fields as the header.
 *
 * @param header The file, or its first line.
 */
export function csvOptions(
  header: string,
): { separator: string; fieldsPerRecord: number } {
  return { separator: findSeparator(header), fieldsPerRecord: 0 };
}

/**
 * Makes a row of a line of CSV; spaces around names and values do not count.
 *
 * @param header Names of the columns.
 * @param line Its values, as many.
 */
export function toListRow(
  header: readonly string[],
  line: readonly string[],
): ListRow {
  return Object.fromEntries(
    header.map((name, i) => [name.trim(), line[i]!.trim()]),
  );
}

/** Returns a path of a list with slashes, where Windows writes backslashes. */
export function toSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

/** Reads the rows of a CSV file with a header line. */
async function readCsv(bytes: Uint8Array, file: string): Promise<ListTable> {
  const { parse } = await import("@std/csv");
  const text = new TextDecoder(findEncoding(bytes)).decode(bytes);
  try {
    const lines = parse(text, csvOptions(text)) as string[][];
    const header = lines.shift();
    if (header === undefined) throw new SyntaxError("the file is empty");
    const columns = header.map((name) => name.trim());
    return { columns, rows: lines.map((line) => toListRow(columns, line)) };
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
  if (/\.parquet$/i.test(file)) {
    const { readParquet } = await import("./parquet.ts");
    return await readParquet(bytes, file);
  }
  return /\.[ct]sv$/i.test(file)
    ? await readCsv(bytes, file)
    : readJsonLines(bytes, file);
}
