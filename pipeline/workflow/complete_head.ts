/**
 * The head of a run.
 *
 * @module
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import { readHeader } from "../artifact/shard.ts";
import type { EngineName } from "../backbone/engine.ts";
import type { Config } from "../config/config_type.ts";
import { decodeJsonLines } from "../dataset/json_lines.ts";
import type { Split } from "../dataset/split.ts";
import { ConfigError } from "../errors.ts";
import { decodeHead, HEAD_FILES, type SavedHead } from "../head/checkpoint.ts";
import type { EpochRecord } from "../head/trainer.ts";
import { type HeadOptions, planHead, trainHead } from "../stages/head.ts";
import { findBegunOn } from "../stages/head_resume.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { loadSplit } from "./complete_embeddings.ts";
import type { IndexResult } from "./complete_index.ts";
import { type HeadEngine, openHeadEngine } from "./head_engine.ts";
import { completeWork, type Session } from "./session.ts";

/** A head that is trained to its end. */
export interface HeadResult extends StageResult {
  /** The engine that trained it. */
  engine: EngineName;
  /** The split that it was validated on after each epoch, or `null` without one. */
  validatedOn: Split | null;
  /** Numbers of every epoch. */
  history: EpochRecord[];
}

/** The held-out split that a run is judged by while it trains. */
function heldOut(counts: Record<string, number>): Split | null {
  if (counts.validation) return "validation";
  return counts.test ? "test" : null;
}

/**
 * Picks the settings that matter to the head.
 *
 * @param config The configuration of a run.
 * @returns Those settings.
 */
export function headOptions(config: Config): HeadOptions {
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

/**
 * Starts the engine of a stage that runs the head or multiplies, and tells which it is.
 *
 * @param session The run.
 * @param stage The stage.
 * @param begunOn The engine that last worked on the stage, if that is known.
 * @returns The engine.
 * @throws {BackendUnavailableError} If it cannot be had.
 */
export async function startHeadEngine(
  session: Session,
  stage: "head" | "evaluation" | "findings",
  begunOn?: string | undefined,
): Promise<HeadEngine> {
  const { engine } = session.run.config;
  const { opened, notes } = await openHeadEngine(engine, begunOn);
  const { name, description } = opened;
  session.emit({ type: "engine", stage, name, description, notes });
  return opened;
}

/**
 * Reads the weights of a head that is trained to its end.
 *
 * @param head The head, complete.
 * @returns The head.
 * @throws {MissingArtifactError} If the file is not there.
 * @throws {DigestMismatchError} If its bytes have changed.
 */
export async function loadHead(head: StageResult): Promise<SavedHead> {
  const { files, manifest } = head;
  const file = manifest.files.find(({ path }) => path === HEAD_FILES.head)!;
  return await decodeHead(
    await files.readVerified(file),
    files.path(file.path),
  );
}

/** What travels with the weights of a head: all that a prediction depends on. */
function headMetadata(
  session: Session,
  classNames: readonly string[],
  engine: EngineName,
): Record<string, string> {
  const { run, backbone, preprocessing } = session;
  return {
    classes: JSON.stringify(classNames),
    preprocessing: canonicalJson(preprocessing as unknown as Json),
    backbone: backbone.digest!,
    variant: backbone.variant,
    engine,
    seed: String(run.config.seed),
  };
}

/** Reads the numbers of every epoch. */
async function readHistory(head: StageResult): Promise<EpochRecord[]> {
  const { files, manifest } = head;
  const file = manifest.files.find(({ path }) => path === HEAD_FILES.history)!;
  const path = files.path(file.path);
  return decodeJsonLines(await files.readVerified(file), path);
}

/**
 * Completes the head; the engine starts only if there is something to train.
 *
 * @param session The run.
 * @param index The dataset index.
 * @param embeddings The embeddings.
 * @returns The complete stage.
 * @throws {ConfigError} If `patience` is set and there is no validation split.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function completeHead(
  session: Session,
  index: IndexResult,
  embeddings: StageResult,
): Promise<HeadResult> {
  const { config } = session.run;
  const validatedOn = heldOut(embeddings.manifest.counts);
  if (config.patience > 0 && validatedOn !== "validation") {
    throw new ConfigError(
      `Cannot use setting "patience" as it needs a validation split: the run has none`,
      "patience",
    );
  }
  const work = planHead(embeddings.files.fingerprint, headOptions(config));
  let engine: HeadEngine | undefined;
  const load = async () => {
    const train = (await loadSplit(embeddings, "train"))!;
    const validation = validatedOn
      ? await loadSplit(embeddings, validatedOn)
      : undefined;
    const begunOn = await findBegunOn(session.store, work);
    engine = await startHeadEngine(session, "head", begunOn);
    const { open, name } = engine;
    const { classNames } = index.dataset;
    const metadata = headMetadata(session, classNames, name);
    return { train, validation, classes: classNames.length, open, metadata };
  };
  try {
    // A GPU reports some errors to nobody's call, and computes zeros from then
    // on: no checkpoint of such an epoch may be written.
    const guard = () => engine?.check();
    const head = await completeWork(
      session,
      work,
      () => trainHead(work, load, { ...session, guard }),
    );
    const path = head.files.path(HEAD_FILES.head);
    const header = await readHeader(session.store, path);
    const trainedOn = header!.metadata.engine as EngineName;
    const history = await readHistory(head);
    return { ...head, engine: trainedOn, validatedOn, history };
  } finally {
    await engine?.stop();
  }
}
