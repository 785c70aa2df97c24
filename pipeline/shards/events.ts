/** Events of a stage while it works. */

import type { Store } from "../artifact/store.ts";
import type { Split } from "../dataset/split.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { Part, Share } from "./part.ts";

/** Something a person may want to know while a stage runs. */
export type StageEvent =
  | {
    /** The stage begins to work. */
    type: "start";
    stage: string;
    /** Units that an earlier run has done. */
    done: number;
    /** Units of work in all. */
    total: number;
    /** Name of a unit, in the plural. */
    unit: "images" | "epochs";
  }
  | {
    /** A task begins to make its part of the shards of a stage. */
    type: "part";
    stage: string;
    part: Part;
    /** Shards of the part. */
    shards: number;
    /** Shards of the stage. */
    of: number;
  }
  | {
    /** Part of the work is done. */
    type: "progress";
    stage: string;
    /** Units done so far, those kept from before included. */
    done: number;
    /** Units of work in all. */
    total: number;
  }
  | {
    /** A file is damaged; it is made again. */
    type: "damaged";
    /** Stage that writes the file. */
    stage: string;
    /** Path, relative to the work directory. */
    path: string;
    /** What is wrong with it. */
    reason: string;
  }
  | {
    /** The stage is complete: just now, or already before. */
    type: "complete";
    stage: string;
    /** Directory of its artifacts, relative to the work directory. */
    directory: string;
    /** Whether it was complete before. */
    skipped: boolean;
  }
  | {
    /** An epoch of training is done. */
    type: "epoch";
    stage: string;
    /** Its numbers. */
    record: EpochRecord;
    /** Epochs in all. */
    epochs: number;
    /** The split whose numbers are called `validation…` in the record; `null` without one. */
    heldOut: Split | null;
  }
  | {
    /** Photos were embedded in another precision and in F32. */
    type: "agreement";
    /** The stage that compared the embeddings. */
    stage: string;
    /** The other precision. */
    precision: string;
    /** Photos. */
    checked: number;
    /** Mean cosine of the two embeddings of a photo. */
    meanCosine: number;
    /** The least cosine. */
    worstCosine: number;
    /** Photos whose nearest other photo is the same. */
    sameNeighbour: number;
    /** Photos of which the last head of the run predicts the same, if there is one. */
    samePrediction?: number;
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

/** Context of a stage: the work directory, a stop signal, a listener. */
export interface StageContext {
  /** The work directory. */
  store: Store;
  /** Stops the stage after the current shard or epoch. */
  signal: AbortSignal;
  emit: (event: StageEvent) => void;
  /** Whether to read every byte of a stage that is complete. */
  verify?: boolean | undefined;
  /** Whether to wait while another task makes the stage. @default {true} */
  waits?: boolean | undefined;
  /** What this task does for a stage that several tasks make together; it makes the stage alone if not given. */
  share?: Share | undefined;
}
