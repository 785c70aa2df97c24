/** Opening the work directory for a task that writes. */

import { type OpenWorkspace, openWorkspace } from "../../mod.ts";
import type { TaskContext } from "./run_task.ts";

/**
 * Opens the work directory of a task; says whom it waits for while another program
 * has the directory for itself.
 *
 * @param options Whether it is created if absent, and whether debris is swept, which is the default.
 * @returns The workspace; hold it with `using`.
 */
export function openWork(
  context: Pick<TaskContext, "work" | "signal" | "reporter">,
  options: { create: boolean; sweeps?: boolean },
): Promise<OpenWorkspace> {
  const { work, signal, reporter } = context;
  return openWorkspace(work, {
    ...options,
    signal,
    onWait: (holder) =>
      reporter.note(`waiting for the work directory, locked by ${holder}`),
  });
}
