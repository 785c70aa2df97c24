/** Event files for TensorBoard: telling where they are. */

import type { TaskContext } from "./run_task.ts";

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
