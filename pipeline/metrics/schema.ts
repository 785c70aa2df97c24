/**
 * The schema of `metrics.json`: every number of an evaluation.
 *
 * All shares are in `[0, 1]`. Numbers equal scikit-learn's, or their definition
 * where it has none; `null` stands where a number is not defined.
 */

import type { Interval } from "./binomial.ts";
import type { CalibrationScores } from "./calibration.ts";
import type { ClassScores, Scores } from "./classification_report.ts";
import type { Ranking } from "./ranking.ts";

/** The scores of a class, with its name. */
export interface NamedClassScores extends ClassScores, Ranking {
  /** Name of the class. */
  name: string;
  /** Intervals of its shares; `null` for a share of no samples. */
  intervals: { precision: Interval | null; recall: Interval | null };
}

/** Intervals of shares of all samples. */
export interface Intervals {
  /** Share of samplings whose interval holds the true share, 0.95 at the least. */
  level: number;
  /** How they are computed. */
  method: "clopper-pearson";
  /** Interval of top-1 accuracy: lower and upper end. */
  top1: Interval;
  /** Interval of top-5 accuracy; `null` with five classes or fewer. */
  top5: Interval | null;
}

/** One class against the rest, the mean over the classes that can be ranked. */
export interface MeanRanking extends Ranking {
  /** Number of classes in the mean: those with samples, if another class has some too. */
  classes: number;
}

/** Calibration before and after temperature scaling. */
export interface Calibration {
  /** As the head has it. */
  before: CalibrationScores;
  /** Divisor of the logits, fitted on the validation split; `null` if there is none. */
  temperature: number | null;
  /** With the temperature; `null` if there is none. */
  after: CalibrationScores | null;
  /** Why there is no temperature; `null` if there is one. */
  reason: string | null;
}

/** A class taken for another, by name. */
export interface NamedPair {
  /** Name of the true class. */
  true: string;
  /** Name of the class that was predicted. */
  predicted: string;
  /** Number of samples. */
  count: number;
  /** Share of the samples of the true class. */
  share: number;
}

/** The metrics of a set of samples: the schema of `metrics.json`. */
export interface Metrics {
  /** Number N of samples. */
  samples: number;
  /** Fraction of samples whose true class has the largest logit; ties go to the lower label. */
  top1: number;
  /** Fraction of samples whose true class is among the five largest; `null` with five classes or fewer, where it is 1 for any head. */
  top5: number | null;
  /** Intervals of top-1 and top-5 accuracy. */
  intervals: Intervals;
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Cohen's kappa; `null` if truth and predictions are one class alone. */
  kappa: number | null;
  /** Matthews' correlation coefficient; 0 if truth or predictions are one class alone. */
  mcc: number;
  /** Mean scores, each class counting the same. */
  macro: Scores;
  /** Mean scores, each class counting by its support. */
  weighted: Scores;
  /** Scores of all decisions counted together. */
  micro: Scores;
  /** Macro one-vs-rest ROC-AUC and average precision of the probabilities. */
  ranking: MeanRanking;
  /** How well probabilities match accuracy. */
  calibration: Calibration;
  /** The pairs of classes that are confused most, at most ten, most first. */
  confused: NamedPair[];
  /** Scores of each class; position is label. */
  perClass: NamedClassScores[];
  /** Counts of samples: row by true label, column by predicted one. */
  confusion: number[][];
}
