/**
 * What the work of a stage took: a fact about a run, and part of no fingerprint
 * but that of the page that shows it.
 *
 * @module
 */

/** How long a stage took, and when it was done. */
// A type and not an interface, so that it may be part of JSON.
export type StageTime = {
  /** Wall time of the task that completed it, from the announcement of the work on; what earlier tasks had done of it is not counted. */
  seconds: number;
  /** When it was complete: ISO 8601 in UTC. */
  finishedAt: string;
};

/** Times by name of the stage, of those that are known. */
export type StageTimes = Readonly<Record<string, StageTime>>;
