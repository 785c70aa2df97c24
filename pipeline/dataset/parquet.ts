/**
 * Rows of Parquet lists, within limits: few bytes may claim any number of values.
 *
 * Source: https://parquet.apache.org/docs/file-format/.
 */

import { FormatError } from "../errors.ts";
import type { ListTable } from "./list_table.ts";

/** Most rows of a list. */
const MOST_ROWS = 10_000_000;

/** Reads the columns of plain values. */
async function readColumns(bytes: Uint8Array): Promise<ListTable> {
  // Loaded only where a list is Parquet.
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import(
    "hyparquet"
  );
  const { limitPages } = await import("./parquet_limits.ts");
  const file = bytes.slice().buffer;
  const metadata = parquetMetadata(file);
  const { children } = parquetSchema(metadata);
  const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  const total = groups.reduce((sum, rows) => sum + rows, 0);
  if (!(total <= MOST_ROWS) || groups.some((rows) => rows < 0)) {
    throw new Error(`it claims ${total} rows, and may have ${MOST_ROWS}`);
  }
  const plain = children.filter(({ children, element }) =>
    children.length === 0 && element.repetition_type !== "REPEATED" &&
    element.type !== "BOOLEAN"
  );
  const rows = Array.from(
    { length: total },
    (): Record<string, unknown> => ({}),
  );
  let rowStart = 0;
  for (const [i, count] of groups.entries()) {
    for (const { element: { name, repetition_type } } of plain) {
      const [column, ...others] = metadata.row_groups[i]!.columns
        .map(({ meta_data }) => meta_data)
        .filter((one) => one?.path_in_schema[0] === name);
      if (column === undefined || others.length > 0) {
        throw new Error(`column "${name}" does not stand once`);
      }
      const isOptional = repetition_type === "OPTIONAL";
      limitPages(file, { ...column, isOptional }, count);
      // One at a time: the library lets nobody hear of the failure of a second.
      const columns = [name];
      const rowEnd = rowStart + count;
      const read = { file, metadata, columns, rowStart, rowEnd };
      const part = await parquetReadObjects(read);
      part.forEach((row, at) => rows[rowStart + at]![name] = row[name]);
    }
    rowStart += count;
  }
  return { columns: children.map(({ element }) => element.name), rows };
}

/**
 * Reads the rows of a Parquet file: the columns of plain values.
 *
 * @param file Its name, for errors.
 * @returns Columns and rows; a column that holds others has no values.
 * @throws {FormatError} If it cannot be read, or claims too much.
 */
export async function readParquet(
  bytes: Uint8Array,
  file: string,
): Promise<ListTable> {
  try {
    return await readColumns(bytes);
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${file}" as Parquet: ${(cause as Error).message}`,
      { path: file, cause },
    );
  }
}
