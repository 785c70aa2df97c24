/**
 * Intervals of the shares of an evaluation: top-1 and top-5 accuracy, precision and
 * recall of each class.
 *
 * The other numbers have none. They are no shares, and no bootstrap of them holds for
 * few photos: with ten, the best of them, BCa, holds the true macro F1, kappa or MCC in
 * 36 % to 94 % of samplings in place of 95 % (`fixtures/golden/interval_coverage.py`).
 */

import { INTERVAL_LEVEL, shareInterval } from "./binomial.ts";
import type { Metrics, NamedClassScores } from "./schema.ts";

/** Classes up to which the five likeliest are all of them. */
const TOP = 5;

/** What intervals are made of. */
export interface Counted extends Omit<Metrics, "intervals" | "perClass"> {
  perClass: readonly Omit<NamedClassScores, "intervals">[];
}

/** Adds the intervals, and takes top-5 accuracy away where it says nothing. */
export function addIntervals(counted: Counted): Metrics {
  const { samples, top1, top5: five, perClass, confusion, ...others } = counted;
  const top5 = perClass.length > TOP ? five : null;
  const intervalOf = (share: number) =>
    shareInterval(Math.round(share * samples), samples)!;
  return {
    samples,
    top1,
    top5,
    intervals: {
      level: INTERVAL_LEVEL,
      method: "clopper-pearson",
      top1: intervalOf(top1),
      top5: top5 === null ? null : intervalOf(top5),
    },
    ...others,
    perClass: perClass.map((scores, label) => {
      const hits = confusion[label]![label]!;
      const predicted = confusion.reduce((sum, row) => sum + row[label]!, 0);
      const precision = shareInterval(hits, predicted);
      const recall = shareInterval(hits, scores.support);
      return { ...scores, intervals: { precision, recall } };
    }),
    confusion,
  };
}
