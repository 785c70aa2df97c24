/**
 * The second task: tensors to a trained head.
 *
 * @module
 */

import type { EngineName } from "../backbone/engine.ts";
import { mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import type { Split } from "../dataset/split.ts";
import { completeHead, readHistory, requireRun } from "./complete_head.ts";
import { pipelineContext, type PipelineOptions } from "./context.ts";
import { healing } from "./heal.ts";
import { DEFAULT_RUN } from "./prepare.ts";
import { writeRun } from "./run_file.ts";
import { openSession } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** What to train. */
export interface TrainOptions extends PipelineOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Settings that replace those of the run. @default {{}} */
  settings?: Partial<Config> | undefined;
  /** A clock in milliseconds, for the durations. @default {() => 0} */
  now?: (() => number) | undefined;
}

/** What was trained. */
export interface TrainResult {
  /** Name of the run. */
  run: string;
  /** The engine. */
  engine: EngineName;
  /** Images that ran through the backbone. */
  embedded: number;
  /** Images whose embeddings were there before. */
  reused: number;
  /** Epochs trained in all. */
  epochs: number;
  /** Steps trained in all. */
  steps: number;
  /** Accuracy in training, in the last epoch. */
  trainAccuracy: number;
  /** Accuracy on the held-out split after the last epoch, or `null` without one. */
  validationAccuracy: number | null;
  /** The split it was validated on. */
  validatedOn: Split | null;
  /** Durations of the parts. */
  milliseconds: { embeddings: number; head: number };
}

/**
 * Embeds the tensors of a prepared run and trains the head.
 *
 * @param workspace The work directory.
 * @param options The run, its settings, a stop signal and a listener.
 * @returns What was trained.
 * @throws {MissingArtifactError} If the run was not prepared.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function train(
  workspace: Workspace,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const { settings = {}, now = () => 0 } = options;
  const run = await requireRun(workspace, options.run ?? DEFAULT_RUN);
  run.config = mergeConfig(run.config, settings);
  const context = pipelineContext(workspace.store, options);
  const session = await openSession(run, context);
  await writeRun(workspace.store, run);
  return await healing(session, async () => {
    const trained = await completeHead(session, now);
    const { embeddings, head, engine, validatedOn, milliseconds } = trained;
    const last = (await readHistory(head)).at(-1)!;
    const { train = 0, validation = 0, test = 0 } = embeddings.manifest.counts;
    return {
      run: run.name,
      engine,
      embedded: embeddings.embedded,
      reused: train + validation + test - embeddings.embedded,
      epochs: head.manifest.counts.epochs!,
      steps: head.manifest.counts.steps!,
      trainAccuracy: last.trainAccuracy,
      validationAccuracy: last.validationAccuracy ?? null,
      validatedOn,
      milliseconds,
    };
  });
}
