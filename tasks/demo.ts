/**
 * `deno task demo`: the three tasks on the embedded photos.
 *
 * @module
 */

import { TASK_FLAGS } from "./cli/task_flags.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { type EvalOutput, runEval } from "./eval.ts";
import { type PrepareOutput, runPrepare } from "./prepare.ts";
import { runTrain, type TrainOutput } from "./train.ts";

/** What `--json` prints. */
export interface DemoOutput {
  /** What `prepare` prints. */
  prepare: PrepareOutput;
  /** What `train` prints. */
  train: TrainOutput;
  /** What `eval` prints. */
  eval: EvalOutput;
}

/** Runs the three tasks under a run of their own. */
async function runDemo(context: TaskContext): Promise<DemoOutput> {
  const own = { ...context, run: "demo", settings: {} };
  return {
    prepare: await runPrepare(own),
    train: await runTrain(own),
    eval: await runEval(own),
  };
}

/** The task. */
export const DEMO: Task = {
  name: "demo",
  summary:
    "Runs prepare, train and eval on the embedded photos with the embedded backbone:\noffline, in seconds. A second run finds everything complete.",
  flags: TASK_FLAGS.demo,
  resume: "Continue with: deno task demo",
  run: runDemo,
};

if (import.meta.main) await runTask(DEMO);
