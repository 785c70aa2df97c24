/**
 * Findings: what may be wrong with the data, a line each in `findings.jsonl`.
 *
 * @module
 */

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
 * - `copy`: photos of the same bytes, in other splits or under other classes;
 * - `near-copy`: a pair of photos that look the same, by cosine;
 * - `label`: a photo whose label is probably wrong;
 * - `outlier`: a photo far from every class;
 * - `small-class`: a class with too few photos to judge.
 */
export type FindingKind =
  | "copy"
  | "near-copy"
  | "label"
  | "outlier"
  | "small-class";

/** Something that may be wrong with the data. */
export interface Finding {
  /** Kind. */
  kind: FindingKind;
  /** The photos; none for a class without any. */
  photos: FindingPhoto[];
  /** How strong it is: findings of a kind come in falling order of it. Its meaning and unit depend on the kind. */
  score: number;
  /** What it is, as a sentence without a period. */
  message: string;
  /** Class that the photo probably shows, for `label`. */
  suggested?: string | undefined;
  /** Whether the photos are in more than one split, for `copy` and `near-copy`. */
  acrossSplits?: boolean | undefined;
}
