/**
 * The three tasks, one after the other, on many small photos.
 *
 * @module
 */

import { type MeasuredRun, measureTask } from "./measured_task.ts";

/** Side of the images in pixels: the least that a ResNet takes well. */
const IMAGE_SIZE = 32;

/** Epochs, so that the head is there but does not decide the time. */
const EPOCHS = 2;

/** How the three tasks ran. */
export interface ChainRun {
  /** The tasks, in order. */
  tasks: MeasuredRun[];
  /** Duration of all. */
  seconds: number;
}

/**
 * Runs the three tasks with the embedded backbone.
 *
 * @param data Folder of photos.
 * @param work Work directory.
 * @returns How they ran.
 */
export async function runChain(data: string, work: string): Promise<ChainRun> {
  const flags = [`--work=${work}`];
  const tasks = [
    await measureTask("prepare", [
      ...flags,
      `--data=${data}`,
      `--image-size=${IMAGE_SIZE}`,
    ]),
    await measureTask("train", [...flags, `--epochs=${EPOCHS}`]),
    await measureTask("eval", flags),
  ];
  const seconds = tasks.reduce((sum, run) => sum + run.seconds, 0);
  return { tasks, seconds };
}
