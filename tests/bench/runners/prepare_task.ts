/**
 * The prepare task with the duration of its tensors stage.
 *
 * Arguments: work directory, settings as JSON. Prints what follows.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { openWorkspace, prepare } from "../../../mod.ts";

/** What is printed. */
export interface PrepareTiming {
  /** Seconds of the whole task, without the start of the program. */
  all: number;
  /** Seconds of the tensors stage. */
  tensors: number;
  /** Photos that could not be used. */
  rejected: number;
}

const [work, settings] = Deno.args;
using workspace = await openWorkspace(work!);
const started = performance.now();
let tensorsStarted = started;
let tensorsEnded = started;
let rejected = 0;
await prepare(workspace, {
  settings: JSON.parse(settings!),
  onEvent(event) {
    if (event.type === "rejected") rejected++;
    if (!("stage" in event) || event.stage !== "tensors") return;
    if (event.type === "start") tensorsStarted = performance.now();
    if (event.type === "complete") tensorsEnded = performance.now();
  },
});
const timing: PrepareTiming = {
  all: (performance.now() - started) / 1000,
  tensors: (tensorsEnded - tensorsStarted) / 1000,
  rejected,
};
console.log(JSON.stringify(timing));
