/**
 * What the work of a stage took: a fact about a run, and part of no fingerprint
 * but that of the page that shows it.
 *
 * @module
 */

import type { StageName } from "./fingerprint.ts";

/** How long a stage took, and when it was done. */
export interface StageTime {
  /** Wall time of the task that completed it, from the announcement of the work on; what earlier tasks had done of it is not counted. */
  seconds: number;
  /** When it was complete: ISO 8601 in UTC. */
  finishedAt: string;
}

/** Times of the stages that are known. */
export type StageTimes = Partial<Record<StageName, StageTime>>;
