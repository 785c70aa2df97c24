/**
 * The train task with the moment at which its engine was ready.
 *
 * Arguments: work directory, settings as JSON. Prints the seconds of each part.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { openWorkspace, train } from "../../../mod.ts";

/** What is printed. */
export interface TrainTiming {
  /** Seconds until the engine was there, with weights and self-test. */
  startUp: number;
  /** Seconds from then until every embedding was on disk. */
  embedding: number;
  /** Seconds of the head. */
  head: number;
  /** Seconds of a step of the head, from the end of the first epoch to that of the last; `null` with one epoch. */
  step: number | null;
}

const [work, settings] = Deno.args;
using workspace = await openWorkspace(work!, { create: false });
const started = performance.now();
let ready = started;
const epochEnds: number[] = [];
const { milliseconds, steps, epochs } = await train(workspace, {
  settings: JSON.parse(settings!),
  onEvent(event) {
    if (event.type === "engine" && event.stage === "embeddings") {
      ready = performance.now();
    }
    if (event.type === "epoch") epochEnds.push(performance.now());
  },
});
const { head } = milliseconds;
const measuredSteps = steps / epochs * (epochEnds.length - 1);
const timing: TrainTiming = {
  startUp: (ready - started) / 1000,
  embedding: (performance.now() - ready - head) / 1000,
  head: head / 1000,
  step: measuredSteps > 0
    ? (epochEnds.at(-1)! - epochEnds[0]!) / 1000 / measuredSteps
    : null,
};
console.log(JSON.stringify(timing));
