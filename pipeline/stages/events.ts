/**
 * What a stage tells while it works.
 *
 * @module
 */

import type { Store } from "../artifact/store.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { ShardEvent } from "../shards/events.ts";

/** Something a person may want to know while a stage runs. */
export type StageEvent =
  | ShardEvent
  | {
    /** The stage is complete: just now, or already before. */
    type: "complete";
    /** The stage. */
    stage: string;
    /** Directory of its artifacts, relative to the work directory. */
    directory: string;
    /** Whether nothing had to be done. */
    skipped: boolean;
  }
  | {
    /** An epoch of training is done. */
    type: "epoch";
    /** The stage. */
    stage: string;
    /** Its numbers. */
    record: EpochRecord;
    /** Epochs that are wanted. */
    epochs: number;
  }
  | {
    /** An image cannot be used. */
    type: "rejected";
    /** The stage that found it. */
    stage: string;
    /** Path of the image. */
    path: string;
    /** Why it cannot be used. */
    reason: string;
  }
  | {
    /** Something is odd but does not stop the work. */
    type: "warning";
    /** The stage that found it. */
    stage: string;
    /** What it is, as a sentence without a period. */
    message: string;
  };

/** What a stage needs from the outside. */
export interface StageContext {
  /** The work directory. */
  store: Store;
  /** Asks the stage to stop after the shard or epoch at hand. */
  signal: AbortSignal;
  /** Called for every event. */
  emit: (event: StageEvent) => void;
  /** Whether to read every byte of a stage that is complete. */
  verify?: boolean | undefined;
}
