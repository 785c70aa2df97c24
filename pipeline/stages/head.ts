/**
 * Head stage: embeddings in, a trained head out.
 *
 * After every epoch it writes `best.safetensors` if the epoch was the best, then
 * `checkpoint.safetensors`; at the end `head.safetensors`, `history.jsonl` and
 * `history.csv`, then the manifest. It goes on from its checkpoint, or from that of another
 * training of the same course that is not as far.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { describeFile, type StageFiles } from "../artifact/stage_files.ts";
import { encodeJsonLines } from "../dataset/json_lines.ts";
import {
  decodeHead,
  encodeCheckpoint,
  encodeHead,
  HEAD_FILES,
} from "../head/checkpoint.ts";
import { bestEpoch, hasStopped } from "../head/early_stopping.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import { encodeHistoryCsv } from "../head/history_csv.ts";
import type { HeadShape } from "../head/model.ts";
import type { OpenHead } from "../head/network.ts";
import { HeadTrainer, type TrainingOptions } from "../head/trainer.ts";
import type { DeviceContext } from "./context.ts";
import { encodeWork, findResumePoint } from "./head_resume.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the training. Raise it when the same embeddings give another head. */
export const HEAD_VERSION = 2;

/** How a head is trained and when it stops. */
export interface HeadOptions extends TrainingOptions {
  /** Shape of the head but for the inputs, which the embeddings give. */
  hidden: number;
  /** Activation of the hidden layer. */
  activation: HeadShape["activation"];
  /** Epochs without a lower validation loss after which it stops; 0 for never. */
  patience: number;
}

/** What the stage works on. */
export interface HeadInput {
  /** Embeddings to train on. */
  train: EmbeddingSource;
  /** Embeddings to validate on. */
  validation?: EmbeddingSource | undefined;
  /** Number of classes. */
  classes: number;
  /** Opens the head on the engine that trains it. */
  open: OpenHead;
  /** Free text that travels with the weights. */
  metadata: Record<string, string>;
}

/** Names the work of the stage. */
export function planHead(embeddings: string, options: HeadOptions): Work {
  return {
    stage: "head",
    version: HEAD_VERSION,
    config: { ...options } as unknown as Work["config"],
    inputs: { embeddings },
  };
}

/** One training, from wherever it can go on, to its end. */
async function trainToEnd(
  files: StageFiles,
  input: HeadInput,
  setting: { options: HeadOptions; shape: HeadShape; context: DeviceContext },
) {
  const { options, shape, context } = setting;
  const { epochs, patience } = options;
  const { metadata } = input;
  const { engine } = metadata;
  const point = await findResumePoint(files, {
    shape,
    engine,
    epochs,
    context,
  });
  const history = point?.history ?? [];
  let state = point?.state;
  const start = { type: "start", stage: "head", unit: "epochs" } as const;
  context.emit({ ...start, done: history.length, total: epochs });
  const trainer = new HeadTrainer(shape, options, { ...input, state });
  try {
    while (history.length < epochs && !hasStopped(history, patience)) {
      context.signal.throwIfAborted();
      const record = await trainer.trainEpoch();
      history.push(record);
      state = await trainer.state();
      context.guard?.();
      const { parameters } = state;
      if (bestEpoch(history) === record.epoch) {
        const own = { ...metadata, epoch: String(record.epoch) };
        const best = await encodeHead({ shape, parameters, metadata: own });
        await files.write(HEAD_FILES.best, best);
      }
      const checkpoint = { state, history };
      const bytes = await encodeCheckpoint(shape, checkpoint, {
        ...metadata,
        work: encodeWork(files.work),
      });
      await files.write(HEAD_FILES.checkpoint, bytes);
      context.emit({ type: "epoch", stage: "head", record, epochs });
    }
    return { state: state!, history };
  } finally {
    await trainer.dispose();
  }
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planHead}.
 * @param load Reads the embeddings; called only if there is something to train.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 */
export async function trainHead(
  work: Work,
  load: () => Promise<HeadInput>,
  context: DeviceContext,
): Promise<StageResult> {
  const options = work.config as unknown as HeadOptions;
  return await runStage(work, context, async (files) => {
    const input = await load();
    const { hidden, activation, patience } = options;
    const { classes, metadata } = input;
    const inputs = input.train.size;
    const shape: HeadShape = { inputs, hidden, classes, activation };
    const setting = { options, shape, context };
    const { state, history } = await trainToEnd(files, input, setting);
    const best = bestEpoch(history);
    let { parameters } = state;
    let epoch = state.epoch;
    if (patience > 0) {
      const path = files.path(HEAD_FILES.best);
      const bytes = await files.read(HEAD_FILES.best);
      ({ parameters } = await decodeHead(bytes!, path));
      epoch = best;
    }
    const head = await encodeHead({
      shape,
      parameters,
      metadata: { ...metadata, epoch: String(epoch) },
    });
    await files.write(HEAD_FILES.head, head);
    await files.write(HEAD_FILES.history, encodeJsonLines(history));
    const table = new TextEncoder().encode(encodeHistoryCsv(history));
    await files.write(HEAD_FILES.table, table);
    // A checkpoint taken from a shorter training has to be here as well.
    const last = await encodeCheckpoint(shape, { state, history }, {
      ...metadata,
      work: encodeWork(work),
    });
    await files.write(HEAD_FILES.checkpoint, last);
    const described = [];
    for (const name of Object.values(HEAD_FILES)) {
      described.push(await describeFile(name, (await files.read(name))!));
    }
    const counts = {
      epochs: history.length,
      steps: state.step,
      bestEpoch: best,
      keptEpoch: epoch,
    };
    return { files: described, counts };
  });
}
