/** The numbers of a run on some of its photos. */

import { cohenKappa } from "../../metrics/agreement.ts";
import { type Interval, shareInterval } from "../../metrics/binomial.ts";
import {
  binConfidences,
  expectedCalibrationError,
} from "../../metrics/calibration.ts";
import { reportClasses } from "../../metrics/classification_report.ts";
import { confusionRows, countConfusion } from "../../metrics/confusion.ts";
import type { RunScores } from "./comparison.ts";
import type { PredictionTable } from "./prediction_table.ts";

/** The numbers of a run, and what they are made of. */
export interface ScoredRun {
  scores: RunScores;
  /** The 95 % interval of top-1 accuracy. */
  top1Interval: Interval;
  /** For each photo 1 if it is right, else 0, U8 `[N]`. */
  hits: Uint8Array;
  /** Counts of photos: row by true label, column by predicted one. */
  confusion: number[][];
}

/** Mean of a number of each photo. */
function meanOf(rows: Int32Array, number: (row: number) => number): number {
  return rows.reduce((sum, row) => sum + number(row), 0) / rows.length;
}

/**
 * Computes the numbers of a run on some of its photos.
 *
 * On all of its photos, in their order, they are those of its `metrics.json`, but
 * for the digits that `predictions.jsonl` leaves out.
 *
 * @param rows Rows of the photos, at least one.
 */
export function scoreRun(table: PredictionTable, rows: Int32Array): ScoredRun {
  const classCount = table.classNames.length;
  const hits = Uint8Array.from(rows, (row) => table.isRight(row));
  const confidences = Float64Array.from(rows, (row) => table.probability(row));
  const predictions = rows.map((row) => table.predicted(row));
  const labels = rows.map((row) => table.truth(row));
  const counts = countConfusion(labels, { predictions, classCount });
  const confusion = confusionRows(counts, classCount);
  const right = hits.reduce((sum, hit) => sum + hit, 0);
  return {
    scores: {
      top1: meanOf(rows, (row) => table.isRight(row)),
      top5: classCount > 5 ? meanOf(rows, (row) => table.isInTop5(row)) : null,
      loss: meanOf(rows, (row) => table.loss(row)),
      macroF1: reportClasses(confusion).macro.f1,
      kappa: cohenKappa(confusion),
      ece: expectedCalibrationError(binConfidences(confidences, hits)),
    },
    top1Interval: shareInterval(right, rows.length)!,
    hits,
    confusion,
  };
}
