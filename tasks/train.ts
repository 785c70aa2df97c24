/** `deno task train`: tensor shards to a trained head. */

import type { TrainResult } from "../mod.ts";
import { openWork, reportTensorboard, stageOptions } from "./cli/stage_task.ts";
import { nextCall } from "./cli/call.ts";
import { formatDuration } from "./cli/progress.ts";
import { count, percent } from "./cli/words.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";

/** What `--json` prints. */
export interface TrainOutput extends Omit<TrainResult, "milliseconds"> {
  /** Duration, by part. */
  seconds: { embeddings: number; head: number; total: number };
}

/** Trains a run and tells what came of it. */
export async function runTrain(context: TaskContext): Promise<TrainOutput> {
  const { run, reporter, settings, values } = context;
  const started = Date.now();
  const { train } = await import("../pipeline/run/train.ts");
  using workspace = await openWork(context, { create: false });
  reporter.line(`train: run "${run}" in ${workspace.root}`);
  const { milliseconds, ...result } = await train(workspace, {
    ...stageOptions(context),
    settings,
    tensorboard: values.tensorboard === true,
  });
  const { epochs, keptEpoch, trainAccuracy } = result;
  const { validationAccuracy, validatedOn } = result;
  const on = validatedOn
    ? `, ${validatedOn} ${percent(validationAccuracy)}`
    : "";
  const kept = keptEpoch === epochs ? "" : `, epoch ${keptEpoch} kept`;
  reporter.line(
    `  ${count(epochs, "epoch")}${kept}: accuracy in training ${
      percent(trainAccuracy)
    }${on}`,
  );
  reportTensorboard(context, result.tensorboard);
  const total = Date.now() - started;
  reporter.line(
    `  trained in ${formatDuration(total)}${nextCall(context, "eval")}`,
  );
  const { embeddings, head } = milliseconds;
  return {
    ...result,
    seconds: {
      embeddings: embeddings / 1000,
      head: head / 1000,
      total: total / 1000,
    },
  };
}

export const TRAIN: Task = {
  name: "train",
  summary:
    "Embeds the tensors of a prepared run with the frozen backbone, once, and trains\nthe head. Continues from the last shard and the last epoch; with more --epochs,\nfrom the end of the training.",
  resumes: true,
  run: runTrain,
};

if (import.meta.main) await runTask(TRAIN);
