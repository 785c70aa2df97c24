/** What the tasks that make stages share: the work directory, options, and where event files are. */

import type { OpenWorkspace, PipelineOptions, Workspace } from "../../mod.ts";
import type { TaskContext } from "./run_task.ts";

/**
 * Opens the work directory of a task; says whom it waits for while another program
 * has the directory for itself.
 *
 * @param options Whether it is created if absent, and whether debris is swept, which is the default.
 * @returns The workspace; hold it with `using`.
 */
export async function openWork(
  context: Pick<TaskContext, "work" | "signal" | "reporter">,
  options: { create: boolean; sweeps?: boolean },
): Promise<OpenWorkspace> {
  const { work, signal, reporter } = context;
  const { openWorkspace } = await import("../../pipeline/run/workspace.ts");
  return await openWorkspace(work, {
    ...options,
    signal,
    onWait: (holder) =>
      reporter.note(`waiting for the work directory, locked by ${holder}`),
  });
}

/** Names the work directory of a task that changes nothing in it. */
export async function readWork(
  { work }: Pick<TaskContext, "work">,
): Promise<Workspace> {
  const { readWorkspace } = await import(
    "../../pipeline/run/read_workspace.ts"
  );
  return readWorkspace(work);
}

/** Names the tasks that make files of some stages again, each once. */
export async function tasksOf(stages: readonly string[]): Promise<string[]> {
  const { STAGES } = await import("../../pipeline/stages/stages.ts");
  const made = STAGES.filter(({ name }) => stages.includes(name));
  return [...new Set(made.map(({ task }) => task))];
}

/** Says which run a task completes stages of, and how. */
export function stageOptions(
  { run, signal, reporter, values, cache }: TaskContext,
): PipelineOptions & { run: string } {
  return {
    run,
    signal,
    onEvent: reporter.onEvent,
    verify: values.verify === true,
    waits: values.wait !== false,
    cache,
  };
}

/**
 * Says how to look at the event files of a run; nothing if none were written.
 *
 * @param directory Their folder, relative to the work directory.
 */
export function reportTensorboard(
  { reporter, work }: Pick<TaskContext, "reporter" | "work">,
  directory: string | null,
): void {
  if (directory === null) return;
  reporter.line(`  look at it with: tensorboard --logdir ${work}/${directory}`);
}
