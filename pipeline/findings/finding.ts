/** Findings: possible faults of the data, a line each in `findings.jsonl`. */

import type { Split } from "../dataset/split.ts";

/** A photo that a finding is about. */
export interface FindingPhoto {
  /** Row of the photo in the dataset index. */
  record: number;
  /** Path of the photo. */
  path: string;
  /** Its split. */
  split: Split;
  /** Name of its class. */
  class: string;
}

/**
 * Kind of a finding:
 *
 * - `copy`: photos of the same bytes;
 * - `near-copy`: a pair of photos that look the same, by cosine;
 * - `label`: a photo whose label is worth a look;
 * - `outlier`: a photo far from every class;
 * - `small-class`: a class with too few photos to judge, or to train on.
 */
export type FindingKind =
  | "copy"
  | "near-copy"
  | "label"
  | "outlier"
  | "small-class";

/** The kinds, in the order in which they are written and reported. */
export const FINDING_KINDS: readonly FindingKind[] = [
  "copy",
  "near-copy",
  "label",
  "outlier",
  "small-class",
];

/** By kind the count in the manifest that says how many there are. */
export const FINDING_COUNTS: Readonly<Record<FindingKind, string>> = {
  "copy": "copies",
  "near-copy": "nearCopies",
  "label": "labels",
  "outlier": "outliers",
  "small-class": "smallClasses",
};

/** A possible fault of the data. */
export interface Finding {
  /** Kind. */
  kind: FindingKind;
  /** The photos, at most 24: of more copies some of each split and class; none for a class without any. */
  photos: FindingPhoto[];
  /**
   * How strong it is:
   *
   * - `copy`: number of the photos;
   * - `near-copy`: cosine, at most 1;
   * - `label`: probability that the label is wrong;
   * - `outlier`: robust standard deviations above the median distance;
   * - `small-class`: share of the photos needed that are missing.
   *
   * Of a kind those across splits come first, then those across classes, then the
   * others, each in falling order of the score.
   */
  score: number;
  /** What it is, as a sentence without a period. */
  message: string;
  /** Class that the photo looks like, for `label`. */
  suggested?: string | undefined;
  /** Expected share of wrong labels in the list down to this one, for `label`. */
  precision?: number | undefined;
  /** Whether the photos are in more than one split, for `copy` and `near-copy`. */
  acrossSplits?: boolean | undefined;
  /** Whether the photos are in more than one class, for `copy` and `near-copy`. */
  acrossClasses?: boolean | undefined;
}

/**
 * Says which finding of a kind comes first.
 *
 * @returns Below 0 if it is `a`, above 0 if it is `b`; 0 for two that say the same.
 */
export function compareFindings(a: Finding, b: Finding): number {
  const flag = (value: boolean | undefined) => value ? 1 : 0;
  const differences = [
    flag(b.acrossSplits) - flag(a.acrossSplits),
    flag(b.acrossClasses) - flag(a.acrossClasses),
    b.score - a.score,
    ...a.photos.map(({ record }, i) =>
      record - (b.photos[i]?.record ?? Infinity)
    ),
    a.message < b.message ? -1 : a.message > b.message ? 1 : 0,
  ];
  return differences.find((difference) => difference !== 0) ?? 0;
}
