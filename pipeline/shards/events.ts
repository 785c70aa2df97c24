/**
 * What happens while the shards of a stage are made.
 *
 * @module
 */

/** Something a person may want to know while shards are made. */
export type ShardEvent =
  | {
    /** The stage begins to work. */
    type: "start";
    /** The stage. */
    stage: string;
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
    stage: string;
    /** Units done so far, those kept from before included. */
    done: number;
    /** Units of work in all. */
    total: number;
  }
  | {
    /** A file is not what was written; it is made again. */
    type: "damaged";
    /** Stage that writes the file. */
    stage: string;
    /** Path, relative to the work directory. */
    path: string;
    /** What is wrong with it. */
    reason: string;
  };

/** What making shards needs from the outside. */
export interface ShardContext {
  /** Asks to stop after the shard at hand. */
  signal: AbortSignal;
  emit: (event: ShardEvent) => void;
}
