/** `deno task runs`: the runs of a work directory. */

import { format } from "@std/fmt/bytes";
import type { BrokenRun, RunSummary } from "../mod.ts";
import { printable } from "../pipeline/shown_text.ts";
import { formatDuration } from "./cli/progress.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";
import { percent } from "./cli/words.ts";

/** What `--json` prints. */
export interface RunsOutput {
  /** Absolute path of the work directory. */
  work: string;
  /** The runs, by name. */
  runs: (RunSummary | BrokenRun)[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Shows how long ago something was. */
function formatAge(at: string): string {
  const ms = Math.max(0, Date.now() - Date.parse(at));
  const days = Math.floor(ms / DAY_MS);
  return days > 1 ? `${days} days` : formatDuration(ms);
}

/** Shows the latest evaluation of a run. */
function showTop1({ evaluation }: RunSummary): string {
  if (evaluation === null) return "-";
  const { top1, split, isStale } = evaluation;
  return `${percent(top1)} ${split}${isStale ? ", of an earlier head" : ""}`;
}

/** Lists the runs. */
async function runRuns(context: TaskContext): Promise<RunsOutput> {
  const { work, reporter } = context;
  const { listRuns } = await import("../pipeline/run/list_runs.ts");
  const runs = await listRuns(await readWork(context));
  const whole = runs.filter((run) => "sizeBytes" in run);
  reporter.line(`runs in ${work}: ${runs.length}`);
  if (whole.length > 0) {
    reporter.line(renderTable(
      ["run", "data", "backbone", "top-1", "size", "age"],
      whole.map((run) => [
        run.name,
        printable(run.data ?? "the embedded photos"),
        printable(run.backbone),
        showTop1(run),
        format(run.sizeBytes),
        formatAge(run.changedAt),
      ]),
    ));
  }
  for (const run of runs) {
    if ("problem" in run) reporter.line(`  ${run.name}: ${run.problem}`);
  }
  return { work, runs };
}

export const RUNS: Task = {
  name: "runs",
  summary:
    "Lists the runs of a work directory: photos, backbone, top-1 of the latest\nevaluation, size, and how long ago each was worked on. Changes nothing.",
  run: runRuns,
};

if (import.meta.main) await runTask(RUNS);
