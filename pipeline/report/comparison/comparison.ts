/**
 * A comparison of runs: what `deno task compare --json` prints and its page shows.
 *
 * All shares are in `[0, 1]`; `null` stands where a number is not defined. All
 * numbers are of the photos that every run has.
 */

import type { Json } from "../../artifact/canonical_json.ts";
import type { Interval } from "../../metrics/binomial.ts";

/** The numbers of a run. */
export interface RunScores {
  /** Share of photos whose likeliest class is right. */
  top1: number;
  /** Share of photos whose five likeliest classes hold the right one; `null` with five classes or fewer. */
  top5: number | null;
  /** Mean cross-entropy, in nats, of losses of seven digits. */
  loss: number;
  /** Mean of the F1 of all classes of the run, absent ones too. */
  macroF1: number;
  /** Cohen's kappa; `null` if truth and predictions are one class alone. */
  kappa: number | null;
  /** Expected calibration error, in 15 bins. */
  ece: number;
}

/** A run and its numbers. */
export interface ComparedRun {
  /** Name of the run. */
  name: string;
  /** Its numbers. */
  scores: RunScores;
  /** The 95 % interval of top-1 accuracy. */
  top1Interval: Interval;
  /** Its numbers less those of the first run; `null` for the first run itself. */
  difference: RunScores | null;
  /** Photos that it was evaluated on, and not every other run. */
  unmatched: {
    /** Number of them. */
    count: number;
    /** Paths of the first of them, at most {@linkcode LISTED_PHOTOS}. */
    paths: string[];
  };
  /** Common photos that have another path than in the first run: the bytes are the same. */
  renamed: number;
}

/** The prediction of a run for a photo. */
export interface Judgement {
  /** Name of the true class in the run. */
  true: string;
  /** Name of the likeliest class. */
  predicted: string;
  /** Its probability. */
  probability: number;
}

/** A photo on which two runs differ. */
export interface ChangedPhoto {
  /** Path of the photo in the first run. */
  path: string;
  /** SHA-256 of the photo, in hex. */
  digest: string;
  /** Row of the photo in the dataset index of the first run. */
  record: number;
  /** The prediction of the first run. */
  before: Judgement;
  /** The prediction of the other run. */
  after: Judgement;
}

/** How a photo may change. */
export type ChangeKind = "lost" | "won" | "moved";

/** The kinds of change, in the order in which they are shown. */
export const CHANGE_KINDS: readonly ChangeKind[] = ["lost", "won", "moved"];

/** Photos that have changed in one way. */
export interface ChangedPhotos {
  /** Number of all of them. */
  count: number;
  /** Those of which the other run is surest, at most {@linkcode LISTED_PHOTOS}. */
  photos: ChangedPhoto[];
}

/** Recall of a class in two runs. */
export interface ClassChange {
  /** Name of the class, in both runs. */
  name: string;
  /** Photos of the class in the first run. */
  support: number;
  /** Recall of the first run. */
  before: number;
  /** Recall of the other run. */
  after: number;
}

/** Another run beside the first. */
export interface ComparedPair {
  /** Name of the other run. */
  run: string;
  /** Photos that both have right. */
  bothRight: number;
  /** Photos that both have wrong. */
  bothWrong: number;
  /** p value of McNemar's exact test. */
  p: number;
  /** The verdict in words. */
  verdict: string;
  /** Photos that are right in the first run only (lost), in the other only (won), or wrong in both as different classes (moved). */
  changed: Record<ChangeKind, ChangedPhotos>;
  /** Photos whose true class has another name in the other run; each run is judged by its own. */
  relabelled: number;
  /** Classes of both runs that lost most recall, most first, at most {@linkcode LISTED_CLASSES}. */
  lostClasses: ClassChange[];
  /** Classes of both runs that gained most recall, most first, at most {@linkcode LISTED_CLASSES}. */
  wonClasses: ClassChange[];
  /** Names of classes that only the first run has, and only the other. */
  ownClasses: { before: string[]; after: string[] };
}

/** A setting in which runs differ. */
export interface SettingDifference {
  /** Name of the setting. */
  setting: string;
  /** Its value by run. */
  values: Json[];
}

/** Runs side by side. */
export interface Comparison {
  /** The split. */
  split: string;
  /** Photos that every run has. */
  photos: number;
  /** The runs; the others are compared with the first. */
  runs: ComparedRun[];
  /** Every other run beside the first. */
  pairs: ComparedPair[];
  /** Level below which a p is more than chance: 0.05, shared between the pairs. */
  level: number;
  /** The settings in which runs differ. */
  settings: SettingDifference[];
}

/** Photos of a kind that are listed at most. */
export const LISTED_PHOTOS = 1000;

/** Classes that are listed at most. */
export const LISTED_CLASSES = 10;
