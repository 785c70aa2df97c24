/** Exporting the trained model of a run, for other programs. */

import { readRunBackbone } from "../classify/trained_model.ts";
import { ConfigError } from "../errors.ts";
import { checkAnswers, type ExportCheck, type HalfCost } from "./check.ts";
import {
  describeBackbone,
  type EvaluatedRun,
  readEvaluatedRun,
} from "./evaluated_run.ts";
import { ExportFolder } from "./folder.ts";
import type { ExportFacts, ExportFormat, ExportModel } from "./format.ts";
import { type ExportFormatName, loadFormat } from "./formats.ts";
import { roundHead, roundNetwork } from "./half.ts";
import { measureHalf } from "./half_cost.ts";
import { readReference, type Reference } from "./reference.ts";
import { type ExportedFile, writeFacts } from "./write_facts.ts";
import type { PipelineOptions, RunParts } from "../run/events.ts";
import { resumeRun } from "../run/open_run.ts";
import type { Run } from "../run/run.ts";
import type { Workspace } from "../run/workspace.ts";

/** Name of the work, for events. */
const STAGE = "export";

/** What to export, and how. */
export interface ExportOptions
  extends Pick<PipelineOptions, "signal" | "onEvent" | "cache"> {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** The format. */
  format: ExportFormatName;
  /** Path of the folder: new or empty, or one of an earlier export, which is replaced. */
  out: string;
  /** Whether weights are kept in half precision. @default {false} */
  half?: boolean | undefined;
  /** Whether the input is F32 `[n, 3, S, S]` of 0 to 255, in place of U8 `[n, S, S, 3]`; only of `onnx`. @default {false} */
  floatInput?: boolean | undefined;
}

/** What was exported. */
export interface ExportResult {
  /** Name of the run. */
  run: string;
  /** The format. */
  format: ExportFormatName;
  /** Name of the file that a program opens. */
  file: string;
  /** How it was checked. */
  check: ExportCheck;
  /** The files, but for `export.json`. */
  files: ExportedFile[];
}

/** Reads what is exported; with half precision its cost is measured first. */
async function readModel(
  run: Run,
  evaluated: EvaluatedRun,
  options: ExportOptions,
): Promise<{ model: ExportModel; half: HalfCost | null }> {
  const { half = false, floatInput = false } = options;
  const { model, split, metrics } = evaluated;
  const head = half ? roundHead(model.head) : model.head;
  const read = async () => {
    const network = await readRunBackbone(run, model);
    if (half) roundNetwork(network);
    return network;
  };
  // An engine takes the weights it is given, so they are read again after it.
  const cost = half
    ? await measureHalf(evaluated, { network: await read(), head }, run.parts)
    : null;
  const network = await read();
  const facts: ExportFacts = {
    run: run.name,
    fingerprint: model.fingerprint,
    classNames: model.classNames,
    preprocessing: model.preprocessing,
    temperature: model.temperature ?? 1,
    backbone: describeBackbone(run, model, network),
    split,
    metrics,
    half,
    ...model.arithmetic.ranges && { precision: "int8" as const },
    ...model.arithmetic.half && { precision: "float16" as const },
    floatInput,
  };
  return { model: { facts, network, head }, half: cost };
}

/** Runs what was written on photos of the run. */
async function check(
  format: ExportFormat,
  written: { root: string; facts: ExportFacts; reference: Reference },
  { emit, signal }: RunParts,
): Promise<Omit<ExportCheck, "half">> {
  const { root, facts, reference } = written;
  const answers = await format.open(root, facts);
  const total = reference.count;
  emit({ type: "start", stage: STAGE, done: 0, total, unit: "images" });
  try {
    return await checkAnswers(answers, reference, {
      // A run in half precision answers less exactly than an export in F32.
      half: facts.half || facts.precision === "float16",
      onBatch(done) {
        signal.throwIfAborted();
        emit({ type: "progress", stage: STAGE, done, total });
      },
    });
  } finally {
    await answers.close();
  }
}

/** Refuses an export that could not answer as a run in 8 bits does. */
function requireIntegers(
  { name }: Run,
  { hasIntegers }: ExportFormat,
  { format, half }: ExportOptions,
): void {
  if (hasIntegers && !half) return;
  const what = half ? "in half precision" : `as ${format}`;
  throw new ConfigError(
    `Cannot export run "${name}" ${what} as its head was trained on embeddings of precision int8, which only the format onnx can compute, without --half: export so, or train with --precision float32`,
    "precision",
  );
}

/**
 * Exports the trained model of a run: backbone and head, with labels, preprocessing,
 * licence, photos with their answers, and a model card.
 *
 * What was written is run before it gets its name: it must answer as the run does.
 * The folder is there complete, or not at all.
 *
 * @example Usage
 * ```ts ignore
 * const workspace = readWorkspace(".headstart");
 * await exportRun(workspace, { format: "onnx", out: "flowers-onnx" });
 * ```
 *
 * @param workspace The work directory; nothing is written there.
 * @throws {ConfigError} If the folder holds something else, or the weights of the backbone are gone.
 * @throws {MissingArtifactError} If the run is not trained and evaluated.
 * @throws {BackendUnavailableError} If the format has no runtime here.
 * @throws {Error} If the export does not answer as the run does.
 */
export async function exportRun(
  workspace: Workspace,
  options: ExportOptions,
): Promise<ExportResult> {
  const { format: name, out, floatInput, run: runName } = options;
  const format = await loadFormat(name);
  const refuse = (what: string, setting: string) => {
    throw new ConfigError(
      `Cannot export ${what} as the format ${name} has none`,
      setting,
    );
  };
  if (floatInput && !format.hasFloatInput) {
    refuse("with a float input", "floatInput");
  }
  if (options.half && format.hasHalf === false) {
    refuse("in half precision", "half");
  }
  const run = await resumeRun(workspace, { ...options, run: runName });
  const evaluated = await readEvaluatedRun(run);
  if (evaluated.model.arithmetic.ranges) requireIntegers(run, format, options);
  await using folder = await ExportFolder.open(out);
  const { store } = folder;
  const { model, half } = await readModel(run, evaluated, options);
  const { facts } = model;
  await format.write(model, store);
  const reference = await readReference({
    ...evaluated,
    seed: run.config.seed,
    side: facts.preprocessing.geometry.imageSize,
    head: evaluated.model.head,
    temperature: facts.temperature,
  });
  const { root } = store;
  const checked = {
    ...await check(format, { root, facts, reference }, run.parts),
    half,
  };
  const written = { name, format, facts, check: checked, reference };
  const files = await writeFacts(store, written);
  await folder.commit();
  return {
    run: run.name,
    format: name,
    file: format.file,
    check: checked,
    files,
  };
}
