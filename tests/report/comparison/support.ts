/**
 * Predictions for the tests of comparisons.
 *
 * @module
 */

import type { Prediction } from "../../../pipeline/metrics/prediction.ts";
import { PredictionTable } from "../../../pipeline/report/comparison/prediction_table.ts";

/** A digest that a number stands for. */
export function digestOf(number: number): string {
  return number.toString(16).padStart(64, "0");
}

/**
 * A prediction in short: number of the photo, true class, predicted class; then its
 * probability, 0.75 if not given, and the path, that of the number if not given.
 */
export type Brief = [
  photo: number,
  truth: string,
  predicted: string,
  probability?: number,
  path?: string,
];

/** Spells a prediction out; the true class is second where it is not first. */
export function predictionOf(brief: Brief): Prediction {
  const [photo, truth, predicted, probability = 0.75, path] = brief;
  const rest = truth === predicted
    ? []
    : [{ class: truth, probability: 1 - probability }];
  return {
    record: photo * 10,
    path: path ?? `${photo}.jpg`,
    digest: digestOf(photo),
    true: truth,
    loss: -Math.log(truth === predicted ? probability : 1 - probability),
    top5: [{ class: predicted, probability }, ...rest],
  };
}

/** Makes a table of predictions. */
export function tableOf(
  briefs: readonly Brief[],
  classNames: readonly string[] = ["a", "b", "c"],
): PredictionTable {
  const table = new PredictionTable(classNames);
  for (const brief of briefs) table.push(predictionOf(brief));
  return table;
}
