/** What is asked of a photo, and what comes of it. */

import type { ScoredClass } from "../metrics/prediction.ts";
import type { Heat } from "./heat.ts";
import type { Photo } from "./photo.ts";

/** What is wanted of a photo. */
export interface ClassifyOptions {
  /** How many of the likeliest classes. @default {5} */
  topK?: number | undefined;
  /**
   * Whether to say where the photo speaks for its likeliest class, or the name of
   * another class to say it for; only of a classifier with heatmaps.
   *
   * @default whether the classifier has heatmaps
   */
  heatmap?: boolean | string | undefined;
  /** Gives the photo up, unless the device works on it already. */
  signal?: AbortSignal | undefined;
}

/** What the square of a photo shows. */
export interface SquareClassification {
  /** The likeliest classes, the likeliest first; ties go to the lower label. */
  top: ScoredClass[];
  /** Where it speaks for a class, if that was wanted. */
  heat?: Heat;
}

/** What a photo shows. */
export interface Classification extends SquareClassification {
  /** SHA-256 of the file, or of the pixels, in hex. */
  digest: string;
}

/** What came of a photo among many. */
export type ClassifyResult<P extends Photo> =
  & { photo: P }
  & (
    | Classification
    | {
      /** Why it cannot be classified, as a sentence without a period. */
      error: string;
    }
  );
