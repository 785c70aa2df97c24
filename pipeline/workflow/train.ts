/**
 * The second and the third task: tensors to a trained head, and what it is worth.
 *
 * @module
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { toFloat32, toInt32 } from "../artifact/tensor.ts";
import { readBackbone } from "../backbone/backbone.ts";
import type { EngineName } from "../backbone/engine.ts";
import { openEngine, probeEngines } from "../backbone/engines/select.ts";
import { startTfjs } from "../backbone/engines/tfjs_backend.ts";
import { mergeConfig } from "../config/config.ts";
import type { Config } from "../config/settings.ts";
import { decodeJsonLines } from "../dataset/image_record.ts";
import type { Split } from "../dataset/split.ts";
import { ConfigError, MissingArtifactError } from "../errors.ts";
import { decodeHead } from "../head/checkpoint.ts";
import { EmbeddingSource } from "../head/embeddings_source.ts";
import type { EpochRecord } from "../head/trainer.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  embed,
  type EmbeddingsResult,
  planEmbeddings,
} from "../stages/embeddings.ts";
import {
  evaluateHead,
  METRICS_FILE,
  planEvaluation,
} from "../stages/evaluation.ts";
import {
  HEAD_FILES,
  type HeadOptions,
  planHead,
  trainHead,
} from "../stages/head.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { pipelineContext, type PipelineOptions } from "./context.ts";
import { healing } from "./heal.ts";
import { DEFAULT_RUN } from "./prepare.ts";
import { readRun, type RunFile, runPath, writeRun } from "./run_file.ts";
import {
  announceWork,
  completeTensors,
  openSession,
  requireIndex,
  type Session,
} from "./session.ts";
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

/** What to evaluate. */
export interface EvaluateOptions extends PipelineOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** The split; `test` if there is one, else `validation`. */
  split?: Split | undefined;
}

/** What was evaluated. */
export interface EvaluationResult {
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
  /** Names of the files. */
  files: string[];
  /** Directory of the files, relative to the work directory. */
  directory: string;
}

/** Reads a run that must have been prepared. */
async function requireRun(
  workspace: Workspace,
  name: string,
): Promise<RunFile> {
  const run = await readRun(workspace.store, name);
  if (run === undefined) {
    throw new MissingArtifactError(
      `Cannot use run "${name}" as there is none of this name in "${workspace.root}": run the task prepare first`,
      { stage: "dataset-index", path: runPath(name) },
    );
  }
  return run;
}

/** Names the engine that is taken, without starting it. */
async function chooseEngine(session: Session): Promise<EngineName> {
  const { engine } = session.run.config;
  if (engine !== "auto") return engine;
  const gpu = (await probeEngines()).find(({ name }) => name === "webgpu");
  return gpu?.isAvailable && !gpu.reason ? "webgpu" : "wasm";
}

/** Completes the embeddings; the engine starts only if there is something to embed. */
async function completeEmbeddings(
  session: Session,
  tensors: StageResult,
): Promise<EmbeddingsResult> {
  const { backbone, preprocessing: { geometry, normalization } } = session;
  const { digest: backboneDigest, variant, name: path } = backbone;
  const work = planEmbeddings(tensors, {
    backboneDigest,
    variant,
    normalization,
  });
  await announceWork(session, work);
  let close = () => Promise.resolve();
  const open = async () => {
    const { imageSize } = geometry;
    const options = { path, imageSize, normalization, variant };
    const network = readBackbone(await backbone.read(), options);
    const choice = session.run.config.engine;
    const { engine, notes } = await openEngine(choice, network);
    close = () => engine.close();
    const { name, description } = engine;
    session.emit({ type: "engine", name, description, notes });
    return engine;
  };
  try {
    return await embed(work, { tensors, openEngine: open }, session);
  } finally {
    await close();
  }
}

/** Reads the embeddings of a split; every byte is checked. */
async function loadSplit(
  embeddings: StageResult,
  split: Split,
): Promise<EmbeddingSource | undefined> {
  const { files, manifest } = embeddings;
  const shards = [];
  let layout = { views: 0, size: 0 };
  for (const file of manifest.files) {
    if (!file.path.startsWith(`${split}-`) || !file.rows) continue;
    const bytes = await files.readVerified(file);
    const { tensors } = await decodeSealed(bytes, files.path(file.path));
    const embedding = tensors.get("embedding")!;
    layout = { views: embedding.shape[1]!, size: embedding.shape[2]! };
    shards.push({
      embeddings: toFloat32(embedding, "embedding"),
      labels: toInt32(tensors.get("label")!, "label"),
      records: toInt32(tensors.get("record")!, "record"),
    });
  }
  return shards.length === 0 ? undefined : new EmbeddingSource(shards, layout);
}

/** The held-out split that a run is judged by while it trains. */
function heldOut(counts: Record<string, number>): Split | null {
  if (counts.validation) return "validation";
  return counts.test ? "test" : null;
}

/** The settings that matter to the head. */
function headOptions(config: Config): HeadOptions {
  const { seed, epochs, stepsPerEpoch, validationSteps, batchSize } = config;
  const { learningRate, hidden, activation, dropout, schedule } = config;
  const { warmupSteps, classWeights, labelSmoothing } = config;
  const { weightDecay, patience } = config;
  return {
    seed,
    epochs,
    stepsPerEpoch,
    validationSteps,
    batchSize,
    learningRate,
    hidden,
    activation,
    dropout,
    schedule,
    warmupSteps,
    classWeights,
    labelSmoothing,
    weightDecay,
    patience,
  };
}

/** Completes everything up to the head. */
async function completeHead(session: Session, now: () => number) {
  const indexed = await requireIndex(session);
  const tensors = await completeTensors(session, indexed);
  const started = now();
  const embeddings = await completeEmbeddings(session, tensors);
  const embedded = now();
  const { run, backbone, preprocessing } = session;
  const validatedOn = heldOut(embeddings.manifest.counts);
  const options = headOptions(run.config);
  if (options.patience > 0 && validatedOn !== "validation") {
    throw new ConfigError(
      `Cannot use setting "patience" as it needs a validation split: the run has none`,
      "patience",
    );
  }
  const work = planHead(embeddings.files.fingerprint, options);
  await announceWork(session, work);
  const engine = await chooseEngine(session);
  let stop = () => Promise.resolve();
  const load = async () => {
    const train = (await loadSplit(embeddings, "train"))!;
    const validation = validatedOn
      ? await loadSplit(embeddings, validatedOn)
      : undefined;
    const backend = await startTfjs(engine);
    stop = () => backend.stop();
    backend.use();
    const { classNames } = indexed.dataset;
    return {
      train,
      validation,
      classes: classNames.length,
      metadata: {
        classes: JSON.stringify(classNames),
        preprocessing: canonicalJson(preprocessing as unknown as Json),
        backbone: backbone.digest,
        variant: backbone.variant,
        seed: String(run.config.seed),
      },
    };
  };
  try {
    const head = await trainHead(work, load, session);
    const milliseconds = {
      embeddings: embedded - started,
      head: now() - embedded,
    };
    return { indexed, embeddings, head, engine, validatedOn, milliseconds };
  } finally {
    await stop();
  }
}

/** Reads the numbers of every epoch. */
async function readHistory(head: StageResult): Promise<EpochRecord[]> {
  const { files, manifest } = head;
  const file = manifest.files.find(({ path }) => path === HEAD_FILES.history)!;
  const path = files.path(file.path);
  return decodeJsonLines(await files.readVerified(file), path);
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

/**
 * Evaluates the trained head of a run.
 *
 * @param workspace The work directory.
 * @param options The run, the split, a stop signal and a listener.
 * @returns The numbers and where the files are.
 * @throws {MissingArtifactError} If the run was not trained to its end, or has no such split.
 */
export async function evaluate(
  workspace: Workspace,
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const run = await requireRun(workspace, options.run ?? DEFAULT_RUN);
  const context = pipelineContext(workspace.store, options);
  const session = await openSession(run, context);
  const done = run.works.head;
  const files = done && await StageFiles.open(workspace.store, done);
  if (!files || await files.read("manifest.json") === undefined) {
    throw new MissingArtifactError(
      `Cannot evaluate run "${run.name}" as its head is not trained to the end: run the task train first`,
      { stage: "head", path: runPath(run.name) },
    );
  }
  return await healing(session, async () => {
    const { indexed, embeddings, head, engine } = await completeHead(
      session,
      () => 0,
    );
    const { counts } = embeddings.manifest;
    const split = options.split ?? (counts.test ? "test" : "validation");
    if (!counts[split]) {
      throw new MissingArtifactError(
        `Cannot evaluate run "${run.name}" on split "${split}" as it has no samples`,
        { stage: "dataset-index", path: runPath(run.name) },
      );
    }
    const work = planEvaluation({
      head: head.files.fingerprint,
      embeddings: embeddings.files.fingerprint,
    }, split);
    await announceWork(session, work);
    const backend = await startTfjs(engine);
    try {
      backend.use();
      const result = await evaluateHead(work, async () => {
        const file = head.manifest.files
          .find(({ path }) => path === HEAD_FILES.head)!;
        const path = head.files.path(file.path);
        return {
          head: await decodeHead(await head.files.readVerified(file), path),
          source: (await loadSplit(embeddings, split))!,
          ...indexed.dataset,
          history: await readHistory(head),
          bestEpoch: head.manifest.counts.bestEpoch!,
        };
      }, session);
      const entry = result.manifest.files
        .find(({ path }) => path === METRICS_FILE)!;
      const bytes = await result.files.readVerified(entry);
      return {
        split,
        metrics: JSON.parse(new TextDecoder().decode(bytes)),
        files: result.manifest.files.map(({ path }) => path),
        directory: result.files.directory,
      };
    } finally {
      await backend.stop();
    }
  });
}
