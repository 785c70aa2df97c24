/** `deno task compare`: two runs or more side by side. */

import type { Comparison } from "../mod.ts";
import { renderComparison } from "./cli/comparison.ts";
import { UsageError } from "./cli/flags.ts";
import { openPage } from "./cli/open_page.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { readSplit } from "./cli/flag_values.ts";
import { openWork } from "./cli/stage_task.ts";
import { insideWork } from "./cli/user_path.ts";

/** What `--json` prints. */
export interface CompareOutput extends Comparison {
  /** Path of the page, relative to the work directory. */
  page: string;
}

/** Compares runs and tells what came of it. */
async function runCompare(context: TaskContext): Promise<CompareOutput> {
  const { reporter, signal, values, cache } = context;
  const runs = context.words ?? [];
  if (runs.length < 2) {
    throw new UsageError(
      `Cannot compare without the names of two runs or more: current value is "${
        runs.join(" ")
      }"`,
    );
  }
  const twice = runs.find((run, i) => runs.indexOf(run) < i);
  if (twice !== undefined) {
    throw new UsageError(`Cannot compare run "${twice}" with itself`);
  }
  const split = readSplit(values.split);
  using workspace = await openWork(context, { create: false });
  const onEvent = reporter.onEvent;
  const options = { runs, split, signal, onEvent, cache };
  const { compare } = await import("../pipeline/run/compare.ts");
  const { comparison, page } = await compare(workspace, options);
  for (const line of renderComparison(comparison)) reporter.line(line);
  reporter.line(`  page: ${insideWork(workspace.root, page)}`);
  await openPage(context, page);
  return { ...comparison, page };
}

export const COMPARE: Task = {
  name: "compare",
  words: "RUN OTHER [OTHER …]",
  summary:
    "Compares runs with the first of them, by their latest evaluations: the numbers of\nthe photos that all runs have, whether the difference is more than chance, and\nwhich photos changed; also as a page. Trains nothing.",
  run: runCompare,
};

if (import.meta.main) await runTask(COMPARE);
