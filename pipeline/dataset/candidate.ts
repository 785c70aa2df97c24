/**
 * Candidates: what a folder or a list says of each image, before it is opened.
 *
 * @module
 */

import type { Split } from "./split.ts";

/** An image that may become a record. */
export interface Candidate {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  /** Name of its class. */
  className: string;
  /** Its split, or `undefined` if it is drawn by the digest. */
  split: Split | undefined;
}

/** What a folder or a list holds. */
export interface DatasetPlan {
  /** The images, sorted by path. */
  candidates: Candidate[];
  /** Classes that have a folder, in each split that has folders; an empty one counts. */
  declaredClasses: Map<Split | undefined, Set<string>>;
  /** Files left alone as their names are not those of images. */
  otherFiles: string[];
}
