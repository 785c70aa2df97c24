/**
 * Event files of a run, for TensorBoard.
 *
 * They lie beside the run file, a folder for each of TensorBoard's runs, and are
 * a view of what the stages wrote: written whole, and only if they change.
 */

import type { Split } from "../dataset/split.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { LoggedStep } from "../report/event_file.ts";
import type { Run } from "./run.ts";
import { writeChanged } from "./workspace.ts";

/** The folder of the event files of a run, relative to the work directory. */
function eventsDirectory(name: string): string {
  return `runs/${name}/tensorboard`;
}

/** Writes a file of events unless it says the same already; none of no events. */
async function writeEvents(
  run: Run,
  name: string,
  steps: readonly LoggedStep[],
): Promise<void> {
  // TensorBoard takes any name with "tfevents"; writers put a time and a host there.
  const path = `${eventsDirectory(run.name)}/${name}/events.out.tfevents.0`;
  const { store } = run.parts;
  if (steps.length === 0) return await store.remove(path);
  // Loaded here: protobufjs takes 10 ms, and most tasks write no events.
  const { encodeEventFile } = await import("../report/event_file.ts");
  await writeChanged(store, path, encodeEventFile(steps));
}

/**
 * Writes the epochs of a training as event files.
 *
 * @returns The folder for TensorBoard, relative to the work directory.
 */
export async function logTraining(
  run: Run,
  history: readonly EpochRecord[],
  heldOut: Split | null,
): Promise<string> {
  const { trainingEvents } = await import("../report/run_events.ts");
  const { train, validation } = trainingEvents(history);
  await writeEvents(run, "train", train);
  await writeEvents(run, heldOut ?? "validation", validation);
  return eventsDirectory(run.name);
}

/**
 * Writes an evaluation as an event file.
 *
 * @returns The folder for TensorBoard, relative to the work directory.
 */
export async function logEvaluation(
  run: Run,
  evaluation: { split: Split; metrics: Metrics; epoch: number },
): Promise<string> {
  const { split, metrics, epoch } = evaluation;
  const { evaluationEvent } = await import("../report/run_events.ts");
  const step = await evaluationEvent(metrics, epoch);
  await writeEvents(run, `evaluation-${split}`, [step]);
  return eventsDirectory(run.name);
}
