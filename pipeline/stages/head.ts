/**
 * Head stage: embeddings in, a trained head out.
 *
 * After every epoch it writes `best.safetensors` if the epoch was the best, then
 * `checkpoint.safetensors`; at the end `head.safetensors` and `history.jsonl`,
 * then the manifest. It goes on from its checkpoint, or from that of a shorter
 * training of the same course.
 *
 * @module
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import type { Work } from "../artifact/fingerprint.ts";
import { decodeManifest, MANIFEST } from "../artifact/manifest.ts";
import { describeFile, StageFiles } from "../artifact/stage_files.ts";
import type { ReadableStore } from "../artifact/store.ts";
import { encodeJsonLines } from "../dataset/image_record.ts";
import { DigestMismatchError, FormatError } from "../errors.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeHead,
  encodeCheckpoint,
  encodeHead,
} from "../head/checkpoint.ts";
import { bestEpoch, hasStopped } from "../head/early_stopping.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { HeadShape } from "../head/model.ts";
import { HeadTrainer, type TrainingOptions } from "../head/trainer.ts";
import type { DeviceContext, StageContext } from "./context.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the training. Raise it when the same embeddings give another head. */
export const HEAD_VERSION = 2;

/** Names of the files that the stage writes. */
export const HEAD_FILES = {
  best: "best.safetensors",
  checkpoint: "checkpoint.safetensors",
  head: "head.safetensors",
  history: "history.jsonl",
} as const;

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

/** The part of the work that decides each step: without the number of epochs, unless the schedule needs it. */
function courseOf(work: Work): string {
  const { epochs, ...config } = work.config;
  const rest = config.schedule === "constant" ? config : { ...config, epochs };
  return canonicalJson({ ...work, config: rest } as Json);
}

/** Reads the checkpoint in a directory; one that is damaged is told and removed. */
async function readCheckpoint(
  files: StageFiles,
  shape: HeadShape,
  context: StageContext,
): Promise<Checkpoint | undefined> {
  const path = files.path(HEAD_FILES.checkpoint);
  const bytes = await files.read(HEAD_FILES.checkpoint);
  if (bytes === undefined) return undefined;
  try {
    return await decodeCheckpoint(bytes, { shape, path });
  } catch (error) {
    if (
      !(error instanceof DigestMismatchError || error instanceof FormatError)
    ) throw error;
    const reason = error.message;
    context.emit({ type: "damaged", stage: "head", path, reason });
    await context.store.remove(path);
    return undefined;
  }
}

/** Looks for a complete, shorter training of the same course. */
async function findShorter(
  store: ReadableStore,
  work: Work,
): Promise<Work | undefined> {
  let found: Work | undefined;
  for (const name of await store.folders("artifacts")) {
    if (!name.startsWith("head-")) continue;
    const path = `artifacts/${name}/${MANIFEST}`;
    const bytes = await store.read(path);
    if (bytes === undefined) continue;
    const other = decodeManifest(bytes, path).work;
    const epochs = other.config.epochs as number;
    const isLonger = epochs > (found?.config.epochs as number ?? 0);
    const fits = epochs < (work.config.epochs as number) && isLonger;
    if (fits && courseOf(other) === courseOf(work)) found = other;
  }
  return found;
}

/** One training, from wherever it can go on, to its end. */
async function trainToEnd(
  files: StageFiles,
  input: HeadInput,
  setting: { options: HeadOptions; shape: HeadShape; context: DeviceContext },
) {
  const { options, shape, context } = setting;
  const { epochs, patience } = options;
  let checkpoint = await readCheckpoint(files, shape, context);
  if (checkpoint && await files.read(HEAD_FILES.best) === undefined) {
    checkpoint = undefined;
  }
  if (checkpoint === undefined) {
    const shorter = await findShorter(context.store, files.work);
    const from = shorter && await StageFiles.open(context.store, shorter);
    checkpoint = from && await readCheckpoint(from, shape, context);
    const best = from && await from.read(HEAD_FILES.best);
    if (best) await files.write(HEAD_FILES.best, best);
    else checkpoint = undefined;
  }
  const history = checkpoint?.history ?? [];
  const start = { type: "start", stage: "head", unit: "epochs" } as const;
  context.emit({ ...start, done: history.length, total: epochs });
  const trainer = new HeadTrainer(shape, options, {
    ...input,
    state: checkpoint?.state,
  });
  const { metadata } = input;
  try {
    let state = checkpoint?.state;
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
      const bytes = await encodeCheckpoint(shape, { state, history }, metadata);
      await files.write(HEAD_FILES.checkpoint, bytes);
      context.emit({ type: "epoch", stage: "head", record, epochs });
    }
    return { state: state!, history };
  } finally {
    trainer.dispose();
  }
}

/**
 * Completes the stage with the current tfjs backend.
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
    // A checkpoint taken from a shorter training has to be here as well.
    const last = await encodeCheckpoint(shape, { state, history }, metadata);
    await files.write(HEAD_FILES.checkpoint, last);
    const described = [];
    for (const name of Object.values(HEAD_FILES)) {
      described.push(await describeFile(name, (await files.read(name))!));
    }
    const counts = {
      epochs: history.length,
      steps: state.step,
      bestEpoch: best,
    };
    return { files: described, counts };
  });
}
