/**
 * Evidence: photos with the parts of them that spoke for a class.
 *
 * @module
 */

/** How maps are computed: exact for a linear head, else by gradients. */
export type MapMethod = "cam" | "grad-cam";

/** Why a photo was chosen: it was mistaken worst, or it is one of a sample of those that are right. */
export type EvidenceReason = "mistake" | "right";

/** A photo and where its maps are; a line of `evidence.jsonl`. */
export interface Evidence {
  /** Row of its maps in the shard. */
  row: number;
  /** Row of the photo in the dataset index. */
  record: number;
  /** Path of the photo. */
  path: string;
  /** Why it was chosen. */
  reason: EvidenceReason;
  /** Name of the true class. */
  true: string;
  /** Name of the class that was predicted. */
  predicted: string;
  /** Probability of the predicted class. */
  probability: number;
  /** Cross-entropy of the true class, in nats. */
  loss: number;
}
