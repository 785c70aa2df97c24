/**
 * `deno task verify`: reads every artifact of a run, and removes what is damaged.
 */

import { format as formatBytes } from "@std/fmt/bytes";
import type { FileFault, VerifyResult } from "../mod.ts";
import { printable } from "../pipeline/shown_text.ts";
import { callOf } from "./cli/call.ts";
import { openWork, readWork, tasksOf } from "./cli/stage_task.ts";
import {
  PartialResultError,
  runTask,
  type Task,
  type TaskContext,
} from "./cli/run_task.ts";
import { count } from "./cli/words.ts";

/** A line about a file. */
function renderFault({ kind, path, reason, range }: FileFault): string {
  const bytes = range ? `, bytes ${range[0]} to ${range[1]}` : "";
  return `  ${kind}: ${printable(path)}: ${reason}${bytes}`;
}

/** Verifies a run; a run that is not whole is an error. */
async function runVerify(context: TaskContext): Promise<VerifyResult> {
  const { run, work, values, reporter, signal } = context;
  const { verify } = await import("../pipeline/run/verify.ts");
  const repair = values.repair === true;
  using open = repair ? await openWork(context, { create: false }) : null;
  const workspace = open ?? await readWork(context);
  const result = await verify(workspace, { run, repair, signal });
  const { files, bytes, unfinished, faults, removed, restored } = result;
  reporter.line(`verify: run "${run}" in ${work}`);
  reporter.line(`  ${count(files, "file")}, ${formatBytes(bytes)}: whole`);
  for (const stage of unfinished) {
    reporter.line(`  ${stage} is not complete: the next run checks its files`);
  }
  for (const fault of faults) reporter.line(renderFault(fault));
  const unknown = faults.filter(({ kind }) => kind === "unknown");
  const others = faults.filter(({ kind }) => kind !== "unknown");
  for (const path of restored) {
    reporter.line(`  written again from its copy: ${path}`);
  }
  if (removed.length > 0) {
    const tasks = await tasksOf(others.map(({ stage }) => stage));
    const next = tasks.map((task) => callOf(task, values)).join(", ");
    reporter.line(`  removed ${count(removed.length, "file")}. Next: ${next}`);
  } else if (others.length > restored.length) {
    reporter.line(`  Repair with: ${callOf("verify", values)} --repair`);
  }
  const left = repair ? unknown : faults;
  if (left.length === 0) return result;
  throw new PartialResultError(
    `Cannot confirm run "${run}" as each of its files must be as it was written: ${left.length} listed above`,
    result,
  );
}

export const VERIFY: Task = {
  name: "verify",
  summary:
    "Reads every artifact of a run and compares it with its manifest: names each file\nthat is damaged, missing or unknown. The exit code is 1 if there is one.",
  run: runVerify,
};

if (import.meta.main) await runTask(VERIFY);
