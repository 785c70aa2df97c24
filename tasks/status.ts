/** `deno task status`: how far each stage of a run is. */

import type { StageProgress, StageStatus } from "../mod.ts";
import { callOf } from "./cli/call.ts";
import { UsageError } from "./cli/flags.ts";
import { renderProgress } from "./cli/parts_progress.ts";
import { formatDuration } from "./cli/progress.ts";
import { readWork, tasksOf } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";

/** Time between two looks, in milliseconds. */
const LOOK_MS = 5000;

/** Waits, unless the task is to stop. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/** Shows how far parts are, again and again. */
async function watchParts(context: TaskContext): Promise<object> {
  const { run, work, values, reporter, signal } = context;
  if (values.json === true) {
    throw new UsageError(
      "Cannot print JSON while watching: give --json or --watch",
    );
  }
  const { readProgress } = await import("../pipeline/run/progress.ts");
  const workspace = await readWork(context);
  while (!signal.aborted) {
    const stages = await readProgress(workspace, { run });
    // On a terminal the last look is wiped away, as `watch` does.
    if (Deno.stderr.isTerminal()) reporter.line("\x1b[2J\x1b[H");
    const time = new Date().toLocaleTimeString("en-GB");
    reporter.line(`status: run "${run}" in ${work} at ${time}`);
    if (stages.length === 0) reporter.line("  no parts are at work");
    for (const line of renderProgress(stages)) reporter.line(`  ${line}`);
    await wait(LOOK_MS, signal);
  }
  return {};
}

/** Shows a run. */
async function runStatus(
  context: TaskContext,
): Promise<{ run: string; stages: StageStatus[]; parts: StageProgress[] }> {
  const { run, work, values, reporter, cache } = context;
  const verify = values.verify === true;
  const { readProgress } = await import("../pipeline/run/progress.ts");
  const { status } = await import("../pipeline/run/status.ts");
  const workspace = await readWork(context);
  const stages = await status(workspace, {
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
  const parts = await readProgress(workspace, { run });
  for (const line of renderProgress(parts)) reporter.line(`  ${line}`);
  const damaged = stages.filter(({ state }) => state === "damaged");
  for (const task of await tasksOf(damaged.map(({ stage }) => stage))) {
    reporter.line(`  Repair with: ${callOf(task, values)} --verify`);
  }
  return { run, stages, parts };
}

export const STATUS: Task = {
  name: "status",
  summary:
    "Shows each stage of a run: absent, partial, complete, damaged, or stale and why.\nReads names, sizes and headers; changes nothing.",
  tellsStop: true,
  run: (context) =>
    context.values.watch === true ? watchParts(context) : runStatus(context),
};

if (import.meta.main) await runTask(STATUS);
