/**
 * List files: a CSV or JSON Lines file that names images, labels and splits.
 *
 * @module
 */

import { parse } from "@std/csv";
import { DatasetError, FormatError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import { compareCodePoints } from "../artifact/code_points.ts";
import { decodeJsonLines } from "./json_lines.ts";
import { parseSplit } from "./split.ts";

/** A row as it stands in the file. */
interface Row {
  path?: unknown;
  label?: unknown;
  split?: unknown;
}

/** Reads the rows of a CSV file with a header line. */
function decodeCsv(bytes: Uint8Array, file: string): Row[] {
  const text = new TextDecoder().decode(bytes);
  try {
    return parse(text, { skipFirstRow: true }) as Row[];
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${file}" as CSV with a header line: ${
        (cause as Error).message
      }`,
      { path: file, cause },
    );
  }
}

/** Checks one row. `number` counts rows of data from 1. */
function toCandidate(row: Row | null, number: number, file: string): Candidate {
  const { path, label, split } = row ?? {};
  const fail = (what: string): never => {
    throw new DatasetError(`Cannot use row ${number} of "${file}" as ${what}`);
  };
  if (typeof path !== "string" || path === "") {
    return fail(`it must have a path: it has ${JSON.stringify(path)}`);
  }
  if (typeof label !== "string" && typeof label !== "number" || label === "") {
    return fail(
      `it must have a label, text or a number: it has ${JSON.stringify(label)}`,
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
        `its split must be train, validation (val, valid) or test: it is ${
          JSON.stringify(split)
        }`,
      ),
  };
}

/**
 * Plans the dataset of a list file.
 *
 * Columns or keys: `path` (relative to the list, or absolute), `label`, and
 * optionally `split`. Either every row has a split, or none has and it is drawn
 * from the digest.
 *
 * @param bytes Bytes of the list.
 * @param file Name of the list: `.csv`, otherwise JSON Lines.
 * @returns The candidates, sorted by path.
 * @throws {FormatError} If the file cannot be parsed.
 * @throws {DatasetError} If a row lacks a path or a label, a path stands twice, or only some rows have a split.
 */
export function planList(bytes: Uint8Array, file: string): Candidate[] {
  const rows = /\.csv$/i.test(file)
    ? decodeCsv(bytes, file)
    : decodeJsonLines<Row | null>(bytes, file);
  const seen = new Map<string, number>();
  const candidates = rows.map((row, i) => {
    const candidate = toCandidate(row, i + 1, file);
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
