/** `deno task demo`: the three tasks on the embedded photos. */

import { callOf } from "./cli/call.ts";
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

const RUN = "demo";

/** Runs the three tasks under a run of their own. */
async function runDemo(context: TaskContext): Promise<DemoOutput> {
  const { reporter, values } = context;
  const own = { ...context, run: RUN, settings: {}, isPart: true };
  const output = {
    prepare: await runPrepare(own),
    train: await runTrain(own),
    eval: await runEval(own),
  };
  const open = callOf("eval", { ...values, run: RUN });
  reporter.line(`  Next: ${open} --open opens the page`);
  reporter.line(
    `        ${callOf("prepare", values)} --data DIR begins with your photos`,
  );
  return output;
}

export const DEMO: Task = {
  name: "demo",
  summary:
    "Runs prepare, train and eval on the embedded photos with the embedded backbone:\noffline, in seconds. A second run finds everything complete.",
  resumes: true,
  run: runDemo,
};

if (import.meta.main) await runTask(DEMO);
