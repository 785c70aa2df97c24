/** Loading runs to serve them. */

import { StageFiles } from "../artifact/stage_files.ts";
import { describeBackbone } from "../stages/describe_backbone.ts";
import type { BackendChoice } from "../backends/open_backend.ts";
import { Classifier } from "../classify/classifier.ts";
import {
  chooseTemperature,
  openBackbone,
} from "../classify/load_classifier.ts";
import {
  readTrainedModel,
  type TrainedModel,
} from "../classify/trained_model.ts";
import { BackendUnavailableError } from "../errors.ts";
import type { PipelineOptions } from "../run/events.ts";
import { requireRun, resumeRun } from "../run/open_run.ts";
import type { Run } from "../run/run.ts";
import type { RunFile } from "../run/run_format.ts";
import type { Workspace } from "../run/workspace.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { HEAD } from "../stages/head.ts";
import { REPORT } from "../stages/report.ts";
import type { Decoders } from "./decoders.ts";
import type { ModelFacts, ServedModel } from "./served_model.ts";
import type { SharedBackbones } from "./shared_backbones.ts";

/** How runs are loaded. */
export interface LoadOptions
  extends Pick<PipelineOptions, "onEvent" | "cache"> {
  /** What runs the backbone. */
  engine?: BackendChoice | undefined;
  /** What logits are divided by. */
  temperature?: "auto" | "none" | number | undefined;
  /** Most photos of a batch. */
  batchSize?: number | undefined;
  /** Returns the most photos of the next batch, if fewer than the backbone takes at a time. */
  most: () => number;
  /** Returns whether an engine may block this thread for a photo. */
  mayBlock: () => boolean;
  /** How long a batch waits for more photos while the device works, in milliseconds. */
  waitMs: number;
  /** Decodes photos. */
  decoders: Decoders;
  /** Backbones that are open. */
  backbones: SharedBackbones;
}

/** Stages of which a newer one is served. */
const SERVED_STAGES = [HEAD, EVALUATION, REPORT];

/** Names what is complete of a run, or `undefined` while its head is trained. */
async function nameVersion(
  { store }: Workspace,
  { works }: RunFile,
): Promise<string | undefined> {
  const parts: string[] = [];
  for (const { name } of SERVED_STAGES) {
    const work = works[name];
    const files = work && await StageFiles.open(store, work);
    const isComplete = await files?.manifest() !== undefined;
    if (!isComplete && name === HEAD.name) return undefined;
    parts.push(isComplete ? files!.fingerprint : "none");
  }
  return parts.join(" ");
}

/**
 * Names the version of a run that can be served.
 *
 * @returns Another text when head, evaluation or report are made anew; `undefined` while the head is trained.
 * @throws {MissingArtifactError} If there is no run of this name.
 */
export async function findVersion(
  workspace: Workspace,
  name: string,
): Promise<string | undefined> {
  return await nameVersion(workspace, await requireRun(workspace, name));
}

/** Collects what is told of a run. */
async function collectFacts(
  run: Run,
  model: TrainedModel,
  parts: Pick<ModelFacts, "temperature" | "engine">,
): Promise<ModelFacts> {
  const { classNames, preprocessing, backboneDigest: digest, variant } = model;
  const backbone = { name: run.parts.backbone.name, digest, variant };
  const { description, licence } = describeBackbone(backbone, preprocessing);
  const { confusion: _, ...metrics } = model.metrics ?? {};
  return {
    run: run.name,
    classes: classNames,
    preprocessing,
    // Its name may be a path of this machine.
    backbone: { description, digest, variant, licence },
    fingerprint: model.fingerprint,
    ...parts,
    metrics: model.metrics ? metrics as ModelFacts["metrics"] : null,
    hasReport: model.metrics !== undefined &&
      await run.find(REPORT) !== undefined,
  };
}

/** Says what decides a backbone. */
function backboneKey(
  { backboneDigest, variant, preprocessing, arithmetic }: TrainedModel,
  { engine }: LoadOptions,
  run: Run,
): string {
  const { geometry: { imageSize }, normalization } = preprocessing;
  return JSON.stringify([
    backboneDigest,
    variant,
    imageSize,
    normalization,
    arithmetic,
    engine ?? run.config.engine,
  ]);
}

/** Reads the report of a run. */
async function readReport(run: Run): Promise<string | undefined> {
  const report = await run.find(REPORT);
  const [file] = report?.manifest.files ?? [];
  const bytes = file && await report!.read(file.path);
  return bytes && new TextDecoder().decode(bytes);
}

/**
 * Loads a run.
 *
 * @param workspace The work directory; nothing is written.
 * @throws {MissingArtifactError} If there is no such run, or it is not trained to its end.
 * @throws {ConfigError} If the weights of the backbone are gone.
 * @throws {BackendUnavailableError} If no engine runs the backbone.
 */
export async function loadServed(
  workspace: Workspace,
  name: string,
  options: LoadOptions,
): Promise<ServedModel> {
  const { onEvent, cache, backbones, decoders, waitMs, most } = options;
  const run = await resumeRun(workspace, { run: name, onEvent, cache });
  const version = await nameVersion(workspace, run.parts.file) ?? "none";
  const model = await readTrainedModel(run);
  const temperature = chooseTemperature(options.temperature, model);
  const { engine, batchSize, mayBlock } = options;
  const key = backboneKey(model, options, run);
  const open = () =>
    openBackbone(run, model, { engine, batchSize, heatmaps: true, mayBlock });
  const embedder = await backbones.open(key, open);
  const preprocessor = decoders.open(model.preprocessing.geometry);
  const classifier = new Classifier({
    model,
    embedder,
    preprocessor,
    temperature,
    heatmaps: true,
    waitMs,
    most,
  });
  const facts = await collectFacts(run, model, {
    temperature,
    engine: classifier.engine,
  });
  let isBroken = false;
  return {
    facts,
    // Differs from every fingerprint, so that a run whose device has failed is loaded again.
    get version() {
      return isBroken ? "broken" : version;
    },
    async classify(bytes, options) {
      try {
        // In place of `classify()`: no digest is wanted, and the bytes are given away.
        const square = await preprocessor.preprocess(bytes, options.signal);
        return await classifier.classifySquare(square, options);
      } catch (error) {
        if (error instanceof BackendUnavailableError) {
          isBroken = true;
          backbones.forget(key);
        }
        throw error;
      }
    },
    readReport: () => readReport(run),
    close: () => classifier[Symbol.asyncDispose](),
  };
}
