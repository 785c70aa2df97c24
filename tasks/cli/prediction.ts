/** The line of a photo that was classified. */

import type { ClassifyResult } from "../../mod.ts";
import { encodeCsv } from "../../pipeline/artifact/csv_text.ts";
import { printable } from "../../pipeline/shown_text.ts";
import { percent } from "./words.ts";

/** The header of the CSV. */
export const PREDICTION_COLUMNS =
  "path,digest,class,probability,unsure,error,top";

/** Width from which on paths push the classes to the right. */
const PATH_WIDTH = 40;

/**
 * Writes the line of a photo for people.
 *
 * @param threshold Probability below which it is unsure.
 * @returns Such as `a.jpg    tulip 93.1 %, rose 4.0 %`.
 */
export function tableRow(
  path: string,
  result: ClassifyResult<string>,
  threshold: number,
): string {
  const name = printable(path).padEnd(PATH_WIDTH);
  if ("error" in result) return `${name}  ${printable(result.error)}`;
  const { top } = result;
  const isUnsure = top[0]!.probability < threshold;
  const classes = top.map(({ class: name, probability }) =>
    `${printable(name)} ${percent(probability)}`
  );
  return `${name}  ${isUnsure ? "unsure: " : ""}${classes.join(", ")}`;
}

/**
 * Writes the line of a photo as CSV.
 *
 * @param threshold Probability below which it is unsure.
 */
export function csvRow(
  result: ClassifyResult<string>,
  threshold: number,
): string {
  const { photo } = result;
  if ("error" in result) {
    return row([photo, "", "", "", "", result.error, ""]);
  }
  const { digest, top } = result;
  const [{ class: name, probability }] = top as [typeof top[0]];
  return row([
    photo,
    digest,
    name,
    probability,
    String(probability < threshold),
    "",
    JSON.stringify(top),
  ]);
}

/** Writes cells as a line of CSV. */
function row(cells: (string | number)[]): string {
  return encodeCsv([cells]).trimEnd();
}
