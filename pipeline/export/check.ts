/** Checking an export before it gets its name. */

import { type Agreement, compareAnswers, TOLERANCE } from "./agreement.ts";
import type { ExportAnswers } from "./format.ts";
import type { Reference } from "./reference.ts";

/** Images that are classified at a time. */
const BATCH_SIZE = 8;

/** What half precision costs. */
export interface HalfCost {
  /** Photos of the evaluated split, all of them. */
  photos: number;
  /** Top-1 accuracy of the evaluation. */
  top1Before: number;
  /** Top-1 accuracy with the rounded weights. */
  top1After: number;
}

/** How an export was checked. */
export interface ExportCheck {
  /** Name and version of the runtime that ran it. */
  runtime: string;
  /** How its answers compare with those of the run. */
  agreement: Agreement;
  /** Largest difference of a probability that is let pass. */
  tolerance: number;
  /** What half precision costs; `null` for F32. */
  half: HalfCost | null;
}

/** Classifies the photos of a reference, a batch at a time. */
async function classifyAll(
  answers: ExportAnswers,
  { images, count, probabilities }: Reference,
  onBatch: (done: number) => void,
): Promise<Float32Array> {
  const all = new Float32Array(probabilities.length);
  const classes = probabilities.length / count;
  const size = images.length / count;
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const end = Math.min(count, start + BATCH_SIZE);
    const batch = images.slice(start * size, end * size);
    const rows = await answers.classify(batch, end - start);
    all.set(rows, start * classes);
    onBatch(end);
  }
  return all;
}

/**
 * Runs an export on photos, and compares its answers with those of the run.
 *
 * @param options Whether weights are in half precision, and a function that gets the number of checked photos after each batch; if it throws, the check ends.
 * @throws {Error} If they are further apart than the tolerance.
 */
export async function checkAnswers(
  answers: ExportAnswers,
  reference: Reference,
  options: { half: boolean; onBatch: (done: number) => void },
): Promise<Omit<ExportCheck, "half">> {
  const { half, onBatch } = options;
  const { count, probabilities } = reference;
  const actual = await classifyAll(answers, reference, onBatch);
  const classes = probabilities.length / count;
  const agreement = compareAnswers(actual, probabilities, classes);
  const tolerance = half ? TOLERANCE.half : TOLERANCE.full;
  const { largestDifference } = agreement;
  const { runtime } = answers;
  if (largestDifference <= tolerance) return { runtime, agreement, tolerance };
  throw new Error(
    `Cannot export as probabilities in ${runtime} must be within ${tolerance} of those of the run: on ${count} photos the largest difference is ${
      largestDifference.toPrecision(3)
    }${half ? "; export without half precision" : ""}`,
  );
}
