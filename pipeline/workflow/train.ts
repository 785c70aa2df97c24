/**
 * The second task: tensors to a trained head.
 *
 * @module
 */

import type { EngineName } from "../backbone/engine.ts";
import type { Split } from "../dataset/split.ts";
import { completeEmbeddings } from "./complete_embeddings.ts";
import { completeHead } from "./complete_head.ts";
import { restoreIndex } from "./complete_index.ts";
import { completeTensors } from "./complete_tensors.ts";
import { healing } from "./heal.ts";
import { resumeSession, type Session, type SessionOptions } from "./session.ts";
import { logTraining } from "./tensorboard.ts";
import type { Workspace } from "./workspace.ts";

/** What to train. */
export interface TrainOptions extends SessionOptions {
  /** A clock in milliseconds, for the durations. @default {() => 0} */
  now?: (() => number) | undefined;
  /** Whether to write event files for TensorBoard. @default {false} */
  tensorboard?: boolean | undefined;
}

/** What was trained. */
export interface TrainResult {
  /** Name of the run. */
  run: string;
  /** The engine that trained the head. */
  engine: EngineName;
  /** Images that ran through the backbone. */
  embedded: number;
  /** Images whose embeddings were there before. */
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

/** Completes everything between the dataset index and a trained head. */
export async function completeThroughHead(
  session: Session,
  now: () => number = () => 0,
) {
  const index = await restoreIndex(session);
  const tensors = await completeTensors(session, index);
  const started = now();
  const embeddings = await completeEmbeddings(session, tensors);
  const embedded = now();
  const head = await completeHead(session, index, embeddings);
  const milliseconds = {
    embeddings: embedded - started,
    head: now() - embedded,
  };
  return { index, tensors, embeddings, head, milliseconds };
}

/**
 * Embeds the tensors of a prepared run and trains the head.
 *
 * @param workspace The work directory.
 * @param options The run, its settings, a stop signal, a listener and a clock.
 * @returns What was trained.
 * @throws {MissingArtifactError} If the run was not prepared.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function train(
  workspace: Workspace,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const session = await resumeSession(workspace, options);
  return await healing(session, async () => {
    const trained = await completeThroughHead(session, options.now);
    const { embeddings, head, milliseconds } = trained;
    const { train = 0, validation = 0, test = 0 } = embeddings.manifest.counts;
    const { epochs, steps, keptEpoch } = head.manifest.counts;
    const kept = head.history[keptEpoch! - 1]!;
    return {
      run: session.run.name,
      engine: head.engine,
      embedded: embeddings.embedded,
      reused: train + validation + test - embeddings.embedded,
      epochs: epochs!,
      steps: steps!,
      keptEpoch: keptEpoch!,
      trainAccuracy: kept.trainAccuracy,
      validationAccuracy: kept.validationAccuracy ?? null,
      validatedOn: head.validatedOn,
      tensorboard: options.tensorboard
        ? await logTraining(session, head.history)
        : null,
      milliseconds,
    };
  });
}
