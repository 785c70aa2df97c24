/**
 * Choosing the photos whose heatmaps are drawn: the worst mistakes, and a sample of
 * right predictions.
 */

import type { Uniform } from "../numeric/random.ts";
import type { Prediction } from "../metrics/prediction.ts";
import type { EvidenceReason } from "./activation_map.ts";

/** Most mistakes. */
export const MOST_MISTAKES = 24;

/** Most right predictions. */
export const MOST_RIGHT = 12;

/** A photo that was chosen. */
export interface ChosenPhoto {
  prediction: Prediction;
  reason: EvidenceReason;
}

/** The predictions with the lowest scores; ties go to the lower record. */
class Lowest {
  readonly #most: number;
  readonly #kept: { score: number; prediction: Prediction }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Keeps a prediction if it is among the lowest so far. */
  offer(score: number, prediction: Prediction): void {
    const kept = this.#kept;
    const { record } = prediction;
    const isAfter = (other: typeof kept[number]) =>
      other.score > score ||
      other.score === score && other.prediction.record > record;
    const found = kept.findIndex(isAfter);
    kept.splice(found < 0 ? kept.length : found, 0, { score, prediction });
    if (kept.length > this.#most) kept.pop();
  }

  /** The kept predictions, the lowest first. */
  get predictions(): Prediction[] {
    return this.#kept.map(({ prediction }) => prediction);
  }
}

/**
 * Chooses the worst mistakes by loss, and a sample of those that are right.
 *
 * A mistake is a photo whose likeliest class is not the true one. The sample is of
 * the photos whose random numbers are lowest, so each is as likely as any other
 * and the order does not matter. No more predictions are held than are chosen.
 *
 * @returns Mistakes, the worst first, then those that are right, by record.
 */
export async function choosePhotos(
  predictions: AsyncIterable<Prediction> | Iterable<Prediction>,
  uniform: Uniform,
): Promise<ChosenPhoto[]> {
  const mistakes = new Lowest(MOST_MISTAKES);
  const right = new Lowest(MOST_RIGHT);
  for await (const prediction of predictions) {
    const { record, loss, top5, true: name } = prediction;
    if (top5[0]!.class === name) right.offer(uniform(record), prediction);
    else mistakes.offer(-loss, prediction);
  }
  const choose = (reason: EvidenceReason) => (prediction: Prediction) => ({
    prediction,
    reason,
  });
  return [
    ...mistakes.predictions.map(choose("mistake")),
    ...right.predictions.sort((a, b) => a.record - b.record)
      .map(choose("right")),
  ];
}
