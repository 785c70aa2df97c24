/**
 * `deno task status`: how far each stage of a run is.
 *
 * @module
 */

import { readWorkspace, STAGES, type StageStatus, status } from "../mod.ts";
import { TASK_FLAGS } from "./cli/task_flags.ts";
import { callOf } from "./cli/call.ts";
import { formatDuration } from "./cli/progress.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";

/** Shows a run. */
async function runStatus(
  context: TaskContext,
): Promise<{ run: string; stages: StageStatus[] }> {
  const { run, work, values, reporter, cache } = context;
  const verify = values.verify === true;
  const stages = await status(readWorkspace(work), {
    run,
    verify,
    cache,
    onEvent: (event) => event.type === "warning" && reporter.onEvent(event),
  });
  reporter.line(`status: run "${run}" in ${work}`);
  reporter.line(renderTable(
    ["stage", "state", "done", "took", "directory"],
    stages.map(({ stage, state, done, total, directory, time }) => [
      stage,
      state,
      total > 0 ? `${done}/${total}` : String(done),
      time ? formatDuration(time.seconds * 1000) : "-",
      directory ?? "-",
    ]),
  ));
  for (const { stage, state, reasons } of stages) {
    for (const reason of reasons) {
      reporter.line(`  ${stage} ${state}: ${reason}`);
    }
  }
  for (const task of repairingTasks(stages)) {
    reporter.line(`  Repair with: ${callOf(task, values)} --verify`);
  }
  return { run, stages };
}

/** Names the tasks that make damaged files again, each once. */
function repairingTasks(stages: readonly StageStatus[]): string[] {
  const damaged = stages.filter(({ state }) => state === "damaged")
    .map(({ stage }) => stage);
  const tasks = STAGES.filter(({ name }) => damaged.includes(name))
    .map(({ task }) => task);
  return [...new Set(tasks)];
}

/** The task. */
export const STATUS: Task = {
  name: "status",
  summary:
    "Shows each stage of a run: absent, partial, complete, damaged, or stale and why.\nReads names, sizes and headers; changes nothing.",
  flags: TASK_FLAGS.status,
  run: runStatus,
};

if (import.meta.main) await runTask(STATUS);
