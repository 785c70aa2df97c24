/**
 * What TensorBoard shows of a run, under the tags of Keras' callback: a curve of
 * training and one of validation in the same chart, and the confusion matrix as a
 * picture.
 */

import type { EpochRecord } from "../head/trainer.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { EventImage, LoggedStep } from "./event_file.ts";

/** Steps by the run of TensorBoard that they belong to. */
interface TrainingEvents {
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

/** Side of a picture of few classes, in pixels; with more classes a pixel a cell. */
const SIDE = 480;

/** Largest side of a cell, in pixels. */
const LARGEST_CELL = 48;

/** Colour of no samples and of all, RGB: the ends of the scale "Blues". */
const [NONE, ALL] = [[247, 251, 255], [8, 48, 107]] as const;

/** Colours of the cells of a row, RGB. */
function rowColours(counts: readonly number[]): number[][] {
  const support = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => {
    const share = support === 0 ? 0 : count / support;
    return NONE.map((level, c) =>
      Math.round(level + (ALL[c]! - level) * share)
    );
  });
}

/**
 * Draws a confusion matrix as a PNG. True classes go down, predicted ones right.
 *
 * @param confusion For each true label its counts by predicted label; square.
 */
export async function drawConfusion(
  confusion: readonly (readonly number[])[],
): Promise<EventImage> {
  const { default: codec } = await import("imagescript/png/node.js");
  const classCount = confusion.length;
  const fitting = Math.floor(SIDE / classCount);
  const cell = Math.max(1, Math.min(LARGEST_CELL, fitting));
  const side = cell * classCount;
  const pixels = new Uint8Array(side * side * 3);
  confusion.forEach((counts, label) => {
    const row = rowColours(counts)
      .flatMap((colour) => Array.from({ length: cell }, () => colour).flat());
    for (let y = label * cell; y < (label + 1) * cell; y++) {
      pixels.set(row, y * side * 3);
    }
  });
  const options = { width: side, height: side, channels: 3, level: 6 };
  const png: Uint8Array = codec.encode(pixels, options);
  return { width: side, height: side, png };
}
