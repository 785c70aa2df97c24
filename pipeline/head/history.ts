/**
 * The history of a training: its best epoch, whether it stops early, and its
 * table.
 *
 * All are functions of the history, so there is no other state to save.
 */

import type { Split } from "../dataset/split.ts";
import type { EpochRecord } from "./trainer.ts";

/** The part of an epoch that early stopping depends on. */
type Monitored = Pick<EpochRecord, "epoch" | "validationLoss">;

/**
 * Returns the epoch with the lowest validation loss; ties go to the first.
 *
 * @returns The epoch, from 1; the last if none was validated.
 */
export function bestEpoch(history: readonly Monitored[]): number {
  let best = history.length;
  let lowest = Infinity;
  for (const { epoch, validationLoss = Infinity } of history) {
    if (validationLoss < lowest) [best, lowest] = [epoch, validationLoss];
  }
  return best;
}

/**
 * Says whether training stops early.
 *
 * @param patience Epochs without a lower validation loss after which it stops; 0 for never.
 */
export function hasStopped(
  history: readonly Monitored[],
  patience: number,
): boolean {
  return patience > 0 && history.length - bestEpoch(history) >= patience;
}

/** Columns of the table, in order. */
const COLUMNS = [
  "epoch",
  "step",
  "learningRate",
  "trainLoss",
  "trainAccuracy",
  "validationLoss",
  "validationAccuracy",
] as const satisfies readonly (keyof EpochRecord)[];

/** Names a number after the split that it is of: of the test split where there is no validation split. */
function columnOf(column: string, heldOut: Split | null): string {
  return heldOut === "test" ? column.replace(/^validation/, "test") : column;
}

/** Names the numbers of an epoch as files have them. */
export function nameHeldOut(
  record: EpochRecord,
  heldOut: Split | null,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(record)
      .map(([column, value]) => [columnOf(column, heldOut), value]),
  );
}

/** Reads the numbers of an epoch from a file. */
export function readHeldOut(
  { testLoss, testAccuracy, ...record }: EpochRecord & {
    testLoss?: number;
    testAccuracy?: number;
  },
): EpochRecord {
  if (testLoss === undefined || testAccuracy === undefined) return record;
  return {
    ...record,
    validationLoss: testLoss,
    validationAccuracy: testAccuracy,
  };
}

/**
 * Writes epochs as CSV, for spreadsheets: a line of names, those of
 * `history.jsonl`, then a line for each epoch. A missing number is empty. Lines
 * end in CR LF.
 */
export async function encodeHistoryCsv(
  history: readonly EpochRecord[],
  heldOut: Split | null,
): Promise<string> {
  const { encodeCsv } = await import("../artifact/csv_text.ts");
  const rows = history.map((record) =>
    COLUMNS.map((column) => record[column] ?? "")
  );
  const names = COLUMNS.map((column) => columnOf(column, heldOut));
  return encodeCsv([names, ...rows]);
}
