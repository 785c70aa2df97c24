/** `deno task summary`: the tables that Keras' `summary()` prints. */

import type { Summary, SummaryRow } from "../mod.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";

function renderNetwork(rows: readonly SummaryRow[], trained: string): string {
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const table = renderTable(
    ["layer", "type", "output shape", "parameters", ""],
    rows.map(({ name, kind, outputShape, parameters }) => [
      name,
      kind,
      `[${["batch", ...outputShape].join(", ")}]`,
      parameters,
      trained,
    ]),
  );
  return `${table}\n  ${total.toLocaleString("en")} parameters, ${trained}`;
}

/** Shows the networks of a run. */
async function runSummary(context: TaskContext): Promise<Summary> {
  const { summarize } = await import("../pipeline/run/summary.ts");
  const { values, reporter, cache } = context;
  const run = typeof values.run === "string" ? values.run : undefined;
  const summary = await summarize(await readWork(context), { run, cache });
  reporter.line(`backbone: ${summary.network}`);
  reporter.line(renderNetwork(summary.backbone, "frozen"));
  const { classifier } = summary;
  if (classifier) {
    const { name, classes } = classifier;
    reporter.line(`  its classifier ${name}, ${classes} classes, is not used`);
  }
  reporter.line();
  reporter.line(`head: ${summary.classes} classes, softmax`);
  reporter.line(renderNetwork(summary.head, "trainable"));
  return summary;
}

export const SUMMARY: Task = {
  name: "summary",
  summary:
    "Shows backbone and head, layer by layer, with shapes and parameters.",
  run: runSummary,
};

if (import.meta.main) await runTask(SUMMARY);
