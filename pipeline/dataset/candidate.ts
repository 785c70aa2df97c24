/**
 * Candidates: what a folder or a list says of each image, before it is opened.
 */

import type { Split } from "./split.ts";

/** An image that may become a record. */
export interface Candidate {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  className: string;
  /** Its split, or `undefined` if it is drawn by the digest. */
  split: Split | undefined;
}
