/**
 * The epochs of a training as a table that spreadsheets read.
 *
 * @module
 */

import { stringify } from "@std/csv";
import type { EpochRecord } from "./trainer.ts";

/** The columns, in order. */
const COLUMNS = [
  "epoch",
  "step",
  "learningRate",
  "trainLoss",
  "trainAccuracy",
  "validationLoss",
  "validationAccuracy",
] as const satisfies readonly (keyof EpochRecord)[];

/**
 * Writes epochs as CSV: a line an epoch under a line of names, those of
 * `history.jsonl`; empty where there is no number. Lines end in CR LF.
 *
 * @param history The epochs, in order.
 * @returns Text of the file.
 */
export function encodeHistoryCsv(history: readonly EpochRecord[]): string {
  const rows = history.map((record) =>
    COLUMNS.map((column) => record[column] ?? "")
  );
  return stringify([[...COLUMNS], ...rows], { headers: false });
}
