/**
 * What a stage needs from the outside, and what it tells.
 *
 * @module
 */

import type { StageName } from "../artifact/fingerprint.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { Store } from "../artifact/store.ts";

/** Something a person may want to know while a stage runs. */
export type StageEvent =
  | {
    /** The stage begins to work. */
    type: "start";
    /** The stage. */
    stage: StageName;
    /** Units that an earlier run has done. */
    done: number;
    /** Units of work in all. */
    total: number;
    /** What a unit is, in the plural. */
    unit: "images" | "epochs";
  }
  | {
    /** Part of the work is done. */
    type: "progress";
    /** The stage. */
    stage: StageName;
    /** Units done so far, those kept from before included. */
    done: number;
    /** Units of work in all. */
    total: number;
  }
  | {
    /** The stage is complete: just now, or already before. */
    type: "complete";
    /** The stage. */
    stage: StageName;
    /** Directory of its artifacts, relative to the work directory. */
    directory: string;
    /** Whether nothing had to be done. */
    skipped: boolean;
  }
  | {
    /** An epoch of training is done. */
    type: "epoch";
    /** The stage. */
    stage: StageName;
    /** Its numbers. */
    record: EpochRecord;
    /** Epochs that are wanted. */
    epochs: number;
  }
  | {
    /** A file is not what was written; it is made again. */
    type: "damaged";
    /** Stage that writes the file. */
    stage: StageName;
    /** Path, relative to the work directory. */
    path: string;
    /** What is wrong with it. */
    reason: string;
  }
  | {
    /** An image cannot be used. */
    type: "rejected";
    /** The stage that found it. */
    stage: StageName;
    /** Path of the image. */
    path: string;
    /** Why it cannot be used. */
    reason: string;
  }
  | {
    /** Something is odd but does not stop the work. */
    type: "warning";
    /** The stage that found it. */
    stage: StageName;
    /** What it is, as a sentence without a period. */
    message: string;
  };

/** What a stage needs from the outside. */
export interface StageContext {
  /** The work directory. */
  store: Store;
  /** Asks the stage to stop after the shard or epoch at hand. */
  signal: AbortSignal;
  /** Hears what happens. */
  emit: (event: StageEvent) => void;
  /** Whether to read every byte of a stage that is complete. */
  verify?: boolean | undefined;
}

/** What a stage that computes on a device needs from the outside. */
export interface DeviceContext extends StageContext {
  /** Throws if the device has failed; called before what it has computed is written. */
  guard?: (() => void) | undefined;
}
