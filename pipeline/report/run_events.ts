/**
 * What TensorBoard shows of a run, under the tags of Keras' callback: a curve of
 * training and one of validation in the same chart.
 *
 * @module
 */

import type { EpochRecord } from "../head/trainer.ts";
import type { Metrics } from "../metrics/schema.ts";
import { drawConfusion } from "./confusion_image.ts";
import type { LoggedStep } from "./event_file.ts";

/** Steps by the run of TensorBoard that they belong to. */
export interface TrainingEvents {
  train: LoggedStep[];
  /** Of the held-out split; empty without one. */
  validation: LoggedStep[];
}

/** Lists loss, accuracy and learning rate of every epoch. */
export function trainingEvents(
  history: readonly EpochRecord[],
): TrainingEvents {
  const train = history.map((record) => ({
    step: record.epoch,
    scalars: [
      ["epoch_loss", record.trainLoss],
      ["epoch_accuracy", record.trainAccuracy],
      ["epoch_learning_rate", record.learningRate],
    ],
  } satisfies LoggedStep));
  const validation = history.flatMap((record): LoggedStep[] => {
    const { epoch, validationLoss, validationAccuracy } = record;
    if (validationLoss === undefined || validationAccuracy === undefined) {
      return [];
    }
    const scalars = [
      ["epoch_loss", validationLoss],
      ["epoch_accuracy", validationAccuracy],
    ] as const;
    return [{ step: epoch, scalars }];
  });
  return { train, validation };
}

/** Lists the numbers of an evaluation that are defined, and draws its confusion matrix. */
export async function evaluationEvent(
  metrics: Metrics,
  epoch: number,
): Promise<LoggedStep> {
  const { top1, top5, loss, macro, kappa, mcc, ranking } = metrics;
  const { before, temperature, after } = metrics.calibration;
  const numbers = {
    top1,
    top5,
    loss,
    macroF1: macro.f1,
    kappa,
    mcc,
    rocAuc: ranking.rocAuc,
    averagePrecision: ranking.averagePrecision,
    ece: before.ece,
    brier: before.brier,
    temperature,
    eceAfter: after?.ece ?? null,
    brierAfter: after?.brier ?? null,
    lossAfter: after?.loss ?? null,
  };
  const scalars = Object.entries(numbers).flatMap(([name, value]) =>
    value === null ? [] : [[`evaluation/${name}`, value] as const]
  );
  return {
    step: epoch,
    scalars,
    images: [["evaluation/confusion", await drawConfusion(metrics.confusion)]],
  };
}
