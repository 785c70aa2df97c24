/**
 * Choosing the photos whose heatmaps are drawn: the worst mistakes, and a sample of
 * right predictions.
 */

import { Strongest } from "../findings/strongest.ts";
import type { Uniform } from "../numeric/random.ts";
import type { Prediction } from "../metrics/prediction.ts";
import type { EvidenceReason } from "./activation_map.ts";

export const MOST_MISTAKES = 24;

/** Most right predictions. */
export const MOST_RIGHT = 12;

export interface ChosenPhoto {
  prediction: Prediction;
  reason: EvidenceReason;
}

/** A prediction and what it is chosen by, the lowest first; ties go to the lower record. */
interface Scored {
  score: number;
  prediction: Prediction;
}

/** Keeps the predictions with the lowest scores. */
function keepLowest(most: number): Strongest<Scored> {
  return new Strongest(
    most,
    (a, b) => a.score - b.score || a.prediction.record - b.prediction.record,
  );
}

/**
 * Chooses the worst mistakes by loss, and a sample of those that are right.
 *
 * A mistake is a photo whose likeliest class is not the true one. The sample is of
 * the photos whose random numbers are lowest, so each is as likely as any other
 * and the order does not matter. At most twice as many predictions are held as are
 * chosen.
 *
 * @returns Mistakes, the worst first, then those that are right, by record.
 */
export async function choosePhotos(
  predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
  uniform: Uniform,
): Promise<ChosenPhoto[]> {
  const mistakes = keepLowest(MOST_MISTAKES);
  const right = keepLowest(MOST_RIGHT);
  for await (const prediction of predictions) {
    const { record, loss, top5, true: name } = prediction;
    const isRight = top5[0]!.class === name;
    if (isRight) right.add({ score: uniform(record), prediction });
    else mistakes.add({ score: -loss, prediction });
  }
  const choose = (reason: EvidenceReason) => ({ prediction }: Scored) => ({
    prediction,
    reason,
  });
  return [
    ...mistakes.list().map(choose("mistake")),
    ...right.list()
      .sort((a, b) => a.prediction.record - b.prediction.record)
      .map(choose("right")),
  ];
}
