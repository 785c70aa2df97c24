/**
 * Event files for TensorBoard: asking for them, and telling where they are.
 *
 * @module
 */

import type { Flag } from "./flags.ts";
import type { TaskContext } from "./run_task.ts";

/** The flag that writes event files. */
export const TENSORBOARD_FLAG: Flag = {
  name: "tensorboard",
  placeholder: "",
  description: "Also write event files for TensorBoard, beside the run",
};

/**
 * Says how to look at the event files of a run; nothing if none were written.
 *
 * @param context The task.
 * @param directory Their folder, relative to the work directory.
 */
export function reportTensorboard(
  { reporter, work }: Pick<TaskContext, "reporter" | "work">,
  directory: string | null,
): void {
  if (directory === null) return;
  reporter.line(`  look at it with: tensorboard --logdir ${work}/${directory}`);
}
