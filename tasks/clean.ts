/**
 * `deno task clean`: what nothing needs in the work directory, and removing it.
 */

import { format as formatBytes } from "@std/fmt/bytes";
import type { Unused } from "../mod.ts";
import { printable } from "../pipeline/shown_text.ts";
import { readWork } from "./cli/stage_task.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { renderTable } from "./cli/tables.ts";
import { count } from "./cli/words.ts";

/** Adds up files and bytes, for people. */
function total(unused: readonly Unused[]): string {
  const files = unused.reduce((sum, { files }) => sum + files, 0);
  const bytes = unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${count(files, "file")}, ${formatBytes(bytes)}`;
}

/** Lists what nothing needs, and removes it if that is asked for. */
async function runClean(
  context: TaskContext,
): Promise<{ unused: Unused[]; removed: boolean }> {
  const { work, values, reporter } = context;
  const { findUnused, removeUnused } = await import(
    "../pipeline/run/clean.ts"
  );
  const workspace = await readWork(context);
  const unused = await findUnused(workspace);
  reporter.line(`clean: ${work}`);
  if (unused.length === 0) {
    reporter.line("  nothing to remove");
    return { unused, removed: false };
  }
  reporter.line(renderTable(
    ["unused", "kind", "files", "size"],
    unused.map(({ path, kind, files, sizeBytes }) => [
      printable(path),
      kind,
      files,
      formatBytes(sizeBytes),
    ]),
  ));
  if (values.remove !== true) {
    reporter.line(`  ${total(unused)}. Remove with: deno task clean --remove`);
    return { unused, removed: false };
  }
  const removed = await removeUnused(workspace, unused);
  reporter.line(`  removed ${total(removed)}`);
  return { unused: removed, removed: true };
}

export const CLEAN: Task = {
  name: "clean",
  summary:
    "Lists artifacts that no run refers to, half-written files, and locks and notes\nof parts without use, each with its size. Removes nothing without --remove.",
  run: runClean,
};

if (import.meta.main) await runTask(CLEAN);
