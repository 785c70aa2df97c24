/**
 * Predictions of a head for the photos of a split, a line each in `predictions.jsonl`.
 */

import { z } from "zod";
import { HEX_DIGEST } from "../artifact/manifest.ts";
import { FormatError } from "../errors.ts";
import { crossEntropy, softmax } from "./loss.ts";
import { topKLabels } from "./top_k.ts";

/** A class and how likely it is. */
export interface ScoredClass {
  /** Name of the class. */
  class: string;
  /** Its probability, with the seven digits of a 32-bit float. */
  probability: number;
}

/** The prediction of a head for a photo. */
export interface Prediction {
  /** Row of the photo in the dataset index. */
  record: number;
  /** Path of the photo. */
  path: string;
  /** SHA-256 of the photo, in hex. */
  digest: string;
  /** Name of the true class. */
  true: string;
  /** Cross-entropy of the true class, in nats. */
  loss: number;
  /** The five most likely classes, or all if there are fewer; the likeliest first. */
  top5: ScoredClass[];
}

/** Keeps the digits of a 32-bit float. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}

/**
 * Scores one photo.
 *
 * Shapes: `logits` f32 `[C]`.
 *
 * @returns Loss and most likely classes; ties go to the lower label.
 */
export function scorePhoto(
  logits: Float32Array,
  label: number,
  classNames: readonly string[],
): Pick<Prediction, "true" | "loss" | "top5"> {
  const classCount = classNames.length;
  const probabilities = softmax(logits, classCount);
  const best = topKLabels(logits, { classCount, k: 5 });
  return {
    true: classNames[label]!,
    loss: rounded(crossEntropy(logits, Int32Array.of(label), classCount)),
    top5: Array.from(best, (label) => ({
      class: classNames[label]!,
      probability: rounded(probabilities[label]!),
    })),
  };
}

const SCHEMA: z.ZodType<Prediction> = z.strictObject({
  record: z.int().nonnegative(),
  path: z.string(),
  digest: HEX_DIGEST,
  true: z.string(),
  loss: z.number(),
  top5: z.array(
    z.strictObject({
      class: z.string(),
      probability: z.number().min(0).max(1),
    }),
  ).min(1).max(5),
});

/**
 * Checks that values are predictions.
 *
 * @throws {FormatError} If a line is not a prediction.
 */
export async function* checkPredictions(
  values: AsyncIterable<unknown>,
  path: string,
): AsyncGenerator<Prediction> {
  let line = 0;
  for await (const value of values) {
    line++;
    const { success, data, error } = SCHEMA.safeParse(value);
    if (!success) {
      const [issue] = error.issues;
      const where = issue!.path.join(".") || "it";
      throw new FormatError(
        `Cannot read line ${line} of "${path}" as a prediction as ${where} is not valid: ${
          issue!.message
        }`,
        { path },
      );
    }
    yield data;
  }
}
