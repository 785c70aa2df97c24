/** Image records: the lines of the dataset index. */

import type { Split } from "./split.ts";

/** One image of the dataset. */
export interface ImageRecord {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  /** Size of the file in bytes. */
  sizeBytes: number;
  /** SHA-256 of the file, in hex. */
  digest: string;
  /** Width in pixels, before the EXIF orientation. */
  width: number;
  /** Height in pixels, before the EXIF orientation. */
  height: number;
  /** Position of the class in the class index. */
  label: number;
  /** Part of the dataset it belongs to. */
  split: Split;
}

/** An image that was left out, and why. */
export interface Rejection {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  /** Why it cannot be used, for people. */
  reason: string;
  /** SHA-256 of the file, in hex, of one whose header is right. */
  digest?: string;
}
