/**
 * The head of a run: everything up to it, completed.
 *
 * @module
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import type { EngineName } from "../backbone/engine.ts";
import { probeEngines } from "../backbone/engines/select.ts";
import { startTfjs } from "../backbone/engines/tfjs_backend.ts";
import type { Config } from "../config/config_type.ts";
import { decodeJsonLines } from "../dataset/image_record.ts";
import type { Split } from "../dataset/split.ts";
import { ConfigError, MissingArtifactError } from "../errors.ts";
import type { EpochRecord } from "../head/trainer.ts";
import {
  HEAD_FILES,
  type HeadOptions,
  planHead,
  trainHead,
} from "../stages/head.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { completeEmbeddings, loadSplit } from "./complete_embeddings.ts";
import { readRun, type RunFile, runPath } from "./run_file.ts";
import {
  announceWork,
  completeTensors,
  requireIndex,
  type Session,
} from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** Reads a run that must have been prepared. */
export async function requireRun(
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
export async function completeHead(session: Session, now: () => number) {
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
  let check = () => {};
  const load = async () => {
    const train = (await loadSplit(embeddings, "train"))!;
    const validation = validatedOn
      ? await loadSplit(embeddings, validatedOn)
      : undefined;
    const backend = await startTfjs(engine);
    stop = () => backend.stop();
    check = () => backend.check();
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
    // A GPU reports some errors to nobody's call, and computes zeros from then
    // on: no checkpoint of such an epoch may be written.
    const guard = () => check();
    const head = await trainHead(work, load, { ...session, guard });
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
export async function readHistory(head: StageResult): Promise<EpochRecord[]> {
  const { files, manifest } = head;
  const file = manifest.files.find(({ path }) => path === HEAD_FILES.history)!;
  const path = files.path(file.path);
  return decodeJsonLines(await files.readVerified(file), path);
}
