/** List files: a table that names images, labels and splits. */

import { compareCodePoints } from "../artifact/code_points.ts";
import { DatasetError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import { findColumns, type ListColumns } from "./list_columns.ts";
import { readListRows, toSlashes } from "./list_rows.ts";
import { parseSplit } from "./split.ts";

/** Values of a row. */
interface Row {
  path: unknown;
  label: unknown;
  split: unknown;
}

/** Shows a value in a message; what holds others is named by its kind alone. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : `${value}`;
}

/** Checks one row. `number` counts rows of data from 1. */
function toCandidate(row: Row, number: number, file: string): Candidate {
  const { label, split } = row;
  const path = typeof row.path === "string" ? toSlashes(row.path) : row.path;
  const fail = (what: string): never => {
    throw new DatasetError(`Cannot use row ${number} of "${file}" as ${what}`);
  };
  if (typeof path !== "string" || path === "") {
    return fail(`it must have a path: it has ${show(path)}`);
  }
  const isLabel = ["string", "number", "bigint"].includes(typeof label);
  if (!isLabel || label === "") {
    return fail(
      `it must have a label, text or a number: it has ${show(label)}`,
    );
  }
  const className = String(label);
  if (split === undefined || split === "" || split === null) {
    return { path, className, split: undefined };
  }
  return {
    path,
    className,
    split: parseSplit(String(split)) ??
      fail(
        `its split must be train, validation (val, valid, dev) or test: it is ${
          show(split)
        }`,
      ),
  };
}

/**
 * Plans the dataset of a list file.
 *
 * Columns or keys hold the path (relative to the list, or absolute), the label,
 * and optionally the split. Either every row has a split, or none has and it is
 * drawn.
 *
 * @param file Name of the list; its extension says what it is.
 * @returns The candidates, sorted by path.
 * @throws {FormatError} If the file cannot be parsed.
 * @throws {DatasetError} If a column is not there, a row lacks a path or a label, a path stands twice, or only some rows have a split.
 */
export async function planList(
  bytes: Uint8Array,
  file: string,
  chosen: ListColumns,
): Promise<Candidate[]> {
  const { columns: names, rows } = await readListRows(bytes, file);
  if (rows.length === 0) return [];
  const columns = findColumns(names, chosen, file);
  const seen = new Map<string, number>();
  const candidates = rows.map((row, i) => {
    const values = {
      path: row?.[columns.path],
      label: row?.[columns.label],
      split: columns.split && row?.[columns.split],
    };
    const candidate = toCandidate(values, i + 1, file);
    const first = seen.get(candidate.path);
    if (first !== undefined) {
      throw new DatasetError(
        `Cannot use row ${
          i + 1
        } of "${file}" as each path must stand once: "${candidate.path}" stands in row ${first}`,
      );
    }
    seen.set(candidate.path, i + 1);
    return candidate;
  });
  const without = candidates.findIndex(({ split }) => split === undefined);
  if (without >= 0 && candidates.some(({ split }) => split !== undefined)) {
    throw new DatasetError(
      `Cannot use row ${
        without + 1
      } of "${file}" as either every row has a split or none: it has none`,
    );
  }
  return candidates.sort((a, b) => compareCodePoints(a.path, b.path));
}
