/** The second task: tensors to a trained head. */

import type { Config } from "../config/config_type.ts";
import { heldOutSplit, type Split } from "../dataset/split.ts";
import { EMBEDDINGS } from "../stages/embeddings.ts";
import { checkPatience, HEAD } from "../stages/head.ts";
import { TENSORS } from "../stages/tensors.ts";
import { choosePrecision } from "./choose_precision.ts";
import { resumeRun, type RunOptions } from "./open_run.ts";
import { logTraining } from "./tensorboard.ts";
import type { Workspace } from "./workspace.ts";

/** Options of {@linkcode train}. */
export interface TrainOptions extends Omit<RunOptions, "split"> {
  /** Whether to write event files for TensorBoard. @default {false} */
  tensorboard?: boolean | undefined;
}

/** Result of {@linkcode train}. */
export interface TrainResult {
  /** Name of the run. */
  run: string;
  /** The engine that trained the head. */
  engine: string;
  /** How the backbone computed; never `auto`, which is decided before. */
  precision: Config["precision"];
  /** Images that ran through the backbone. */
  embedded: number;
  /** Images whose embeddings were computed earlier. */
  reused: number;
  /** Epochs trained in all. */
  epochs: number;
  /** Steps trained in all. */
  steps: number;
  /** The epoch whose weights are kept: the best with `patience`, else the last. */
  keptEpoch: number;
  /** Accuracy in training, in the epoch that is kept. */
  trainAccuracy: number;
  /** Accuracy on the held-out split after that epoch, or `null` without one. */
  validationAccuracy: number | null;
  /** The split it was validated on. */
  validatedOn: Split | null;
  /** Folder of the event files, relative to the work directory; `null` without any. */
  tensorboard: string | null;
  /** Durations of the parts. */
  milliseconds: { embeddings: number; head: number };
}

/**
 * Embeds the tensors of a prepared run and trains the head.
 *
 * @throws {MissingArtifactError} If the run was not prepared.
 * @throws {BackendUnavailableError} If the engine is not available or stops working.
 */
export async function train(
  workspace: Workspace,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const opening = { ...options, keepsWeights: true };
  const asked = await resumeRun(workspace, opening);
  // Before the first stage writes the settings to the run file, where they stay.
  const prepared = await asked.find(TENSORS).catch(() => undefined);
  if (prepared) checkPatience(asked.config, prepared.manifest.counts);
  const run = await choosePrecision(asked, workspace, options);
  await run.complete(TENSORS);
  const started = performance.now();
  const { manifest, tally } = await run.complete(EMBEDDINGS);
  run.parts.backbone.release?.();
  const embeddedAt = performance.now();
  const { engine, history, keptEpoch } = await run.complete(HEAD);
  const trainedAt = performance.now();
  const { train = 0, validation = 0, test = 0 } = manifest.counts;
  const embedded = tally?.embedded ?? 0;
  const kept = history[keptEpoch - 1]!;
  const validatedOn = heldOutSplit(manifest.counts);
  return {
    run: run.name,
    engine,
    precision: run.config.precision,
    embedded,
    reused: train + validation + test - embedded,
    epochs: history.length,
    steps: history.at(-1)!.step,
    keptEpoch,
    trainAccuracy: kept.trainAccuracy,
    validationAccuracy: kept.validationAccuracy ?? null,
    validatedOn,
    tensorboard: options.tensorboard
      ? await logTraining(run, history, validatedOn)
      : null,
    milliseconds: {
      embeddings: embeddedAt - started,
      head: trainedAt - embeddedAt,
    },
  };
}
