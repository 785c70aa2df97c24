/**
 * Opening runs: a new one, one that was prepared, or one that is only looked at.
 */

import { join } from "../path.ts";
import { checkSettings, defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import type { Split } from "../dataset/split.ts";
import { ConfigError, FormatError, MissingArtifactError } from "../errors.ts";
import { resolvePreprocessing } from "../image/preprocessing.ts";
import { findBackbone } from "./backbone.ts";
import {
  type PipelineContext,
  pipelineContext,
  type PipelineOptions,
  type RunParts,
} from "./events.ts";
import { toKnownBackbone } from "./fetch_preset.ts";
import { Run } from "./run.ts";
import { readRun, runPath, setRunAside } from "./run_file.ts";
import type { RunFile } from "./run_format.ts";
import { isLocation } from "../s3/location.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";
import type { Workspace } from "./workspace.ts";

/** Name of the run where none is given. */
export const DEFAULT_RUN = "default";

/** Which run to work on, and how. */
export interface RunOptions extends PipelineOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Settings that replace those of the run, or the defaults if it is new. @default {{}} */
  settings?: Partial<Config> | undefined;
  /** The split to evaluate on; `test` if there is one, else `validation`, if not given. */
  split?: Split | undefined;
  /** Whether weights given by path stay in memory until they are opened: for those that open them at once. @default {false} */
  keepsWeights?: boolean | undefined;
}

/**
 * Finds the backbone of a run and completes the preprocessing; writes nothing.
 *
 * @param options Settings that replace those of the run, the split, and whether the photos are those that were indexed last.
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function assembleRun(
  run: RunFile,
  context: PipelineContext,
  options:
    & Partial<Pick<RunParts, "settings" | "split" | "keepsIndex">>
    & Pick<RunOptions, "keepsWeights"> = {},
): Promise<Run> {
  const { settings = {}, split, keepsIndex = false, keepsWeights } = options;
  const config = mergeConfig(run.config, checkSettings(settings, "settings"));
  if (run.damage !== undefined) {
    const message =
      `${run.damage}; its copy is used (who edits the file removes the line of the seal)`;
    context.emit({ type: "warning", stage: DATASET_INDEX.name, message });
  }
  const { cache } = context;
  const places = { cache, known: run.backbone, keepsWeights };
  const backbone = await findBackbone(config.backbone, places);
  const { name, found, variant, profile } = backbone;
  if (found) {
    context.emit({ type: "backbone", name, ...found, variant, profile });
  }
  // A preset's own crop fraction belongs to its own profile.
  const own = [null, profile].includes(config.preprocessing)
    ? backbone
    : undefined;
  const preprocessing = resolvePreprocessing(
    config.preprocessing ?? backbone.profile,
    {
      imageSize: config.imageSize ?? backbone.imageSize,
      resize: config.resize ?? undefined,
      cropFraction: config.cropFraction ?? own?.cropFraction,
      interpolation: config.interpolation ?? undefined,
      orientation: config.orientation,
      transparency: config.transparency,
    },
  );
  return new Run({
    ...context,
    file: { ...run, config, backbone: toKnownBackbone(backbone) },
    backbone,
    preprocessing,
    settings,
    split,
    keepsIndex,
  });
}

/** Reads a run, or begins a new one: also in place of one that cannot be read, if the photos are given. */
async function readOrBegin(
  { store }: Workspace,
  name: string,
  { settings = {}, onEvent }: RunOptions,
): Promise<RunFile> {
  const begun = { name, config: defaultConfig(), works: {} };
  try {
    return await readRun(store, name) ?? begun;
  } catch (error) {
    if (!(error instanceof FormatError) || !settings.data) throw error;
    const message =
      `${error.message}: it begins anew, with the settings that are given; what was there is kept as "${await setRunAside(
        store,
        name,
      )}"`;
    onEvent?.({ type: "warning", stage: DATASET_INDEX.name, message });
    return begun;
  }
}

/**
 * Opens a run, which is new if there is none of this name.
 *
 * Nothing is written yet. The settings go into `run.json` with the first stage
 * that can begin with them, so that later tasks need not repeat them, and a mistyped
 * one does not stay.
 *
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function openRun(
  workspace: Workspace,
  options: RunOptions = {},
): Promise<Run> {
  const { run: name = DEFAULT_RUN, settings: given = {}, split } = options;
  const file = await readOrBegin(workspace, name, options);
  const context = pipelineContext(workspace.store, options);
  // Kept, so that a seed that training is given later draws no other split.
  const splitSeed = given.splitSeed ?? given.seed ?? file.config.splitSeed ??
    file.config.seed;
  const settings = { ...given, splitSeed };
  return await assembleRun(file, context, { settings, split });
}

/**
 * Opens a run that has been prepared; its photos are those that were indexed then, even
 * if they have changed since.
 *
 * @throws {MissingArtifactError} If there is no run of this name.
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function resumeRun(
  workspace: Workspace,
  options: RunOptions = {},
): Promise<Run> {
  const { run: name = DEFAULT_RUN, settings = {}, split } = options;
  const file = await requireRun(workspace, name);
  const context = pipelineContext(workspace.store, options);
  const { keepsWeights } = options;
  const own = { settings, split, keepsIndex: true, keepsWeights };
  return await assembleRun(file, context, own);
}

/**
 * Reads a run that must be there.
 *
 * @throws {MissingArtifactError} If there is none of this name.
 */
export async function requireRun(
  workspace: Workspace,
  name: string,
): Promise<RunFile> {
  const run = await readRun(workspace.store, name);
  if (run === undefined) {
    const names = (await workspace.store.folders("runs"))
      .filter((other) => other !== name);
    if (names.length > 8) names.splice(8, Infinity, "…");
    const other = names.length > 0
      ? `, or name one of ${names.join(", ")}`
      : "";
    throw new MissingArtifactError(
      `Cannot use run "${name}" as there is none of this name in "${workspace.root}": run the task prepare first${other}`,
      { stage: DATASET_INDEX.name, path: runPath(name) },
    );
  }
  return locateBackbone(run, workspace);
}

/** Finds the weights that travel with a work directory: their path is relative to it. */
function locateBackbone(run: RunFile, { root }: Workspace): RunFile {
  const { config, backbone } = run;
  if (!config.backbone.startsWith("./")) return run;
  if (isLocation(root)) {
    throw new ConfigError(
      `Cannot use run "${run.name}" in "${root}" as weights are read from a disk and its own lie beside it: copy the work directory to this machine`,
      "backbone",
    );
  }
  const name = join(root, config.backbone);
  return {
    ...run,
    config: { ...config, backbone: name },
    backbone: backbone && { ...backbone, name },
  };
}
