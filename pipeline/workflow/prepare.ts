/**
 * The first task: photos to tensor shards.
 *
 * @module
 */

import { defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { strictError } from "../dataset/check_dataset.ts";
import { pipelineContext, type PipelineOptions } from "./context.ts";
import { healing } from "./heal.ts";
import { readRun, type RunFile, writeRun } from "./run_file.ts";
import { completeIndex, completeTensors, openSession } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** Name of the run where none is given. */
export const DEFAULT_RUN = "default";

/** What to prepare. */
export interface PrepareOptions extends PipelineOptions {
  /**
   * Name of the run.
   *
   * @default {"default"}
   */
  run?: string | undefined;
  /**
   * Settings that replace those of the run, or the defaults if it is new.
   *
   * @default {{}}
   */
  settings?: Partial<Config> | undefined;
}

/** What was prepared. */
export interface PrepareResult {
  /** Name of the run. */
  run: string;
  /** Images in the tensor shards. */
  images: number;
  /** Images that cannot be used. */
  rejected: number;
  /** Number of classes. */
  classes: number;
  /** Number of tensor shards. */
  shards: number;
  /** Images whose tensors were there before. */
  reused: number;
  /** Images by split. */
  splits: { train: number; validation: number; test: number };
  /** Directory of the tensors, relative to the work directory. */
  directory: string;
}

/**
 * Indexes the photos and writes tensor shards.
 *
 * Safe to interrupt at any point, and cheap to repeat: what is there and whole
 * is kept. The settings are written to `run.json` first, so that a task that
 * was killed is resumed without repeating them.
 *
 * @param workspace The work directory.
 * @param options The run, its settings, a stop signal and a listener.
 * @returns What was prepared.
 * @throws {ConfigError} If settings contradict each other, or there is no such backbone.
 * @throws {DatasetError} If no classifier can be trained on the photos.
 */
export async function prepare(
  workspace: Workspace,
  options: PrepareOptions = {},
): Promise<PrepareResult> {
  const { run: name = DEFAULT_RUN, settings = {} } = options;
  const { store } = workspace;
  const before = await readRun(store, name);
  const config = mergeConfig(before?.config ?? defaultConfig(), settings);
  const run: RunFile = { name, config, works: before?.works ?? {} };
  const session = await openSession(run, pipelineContext(store, options));
  await writeRun(store, run);
  return await healing(session, async () => {
    const indexed = await completeIndex(session);
    const [rejection] = indexed.dataset.rejected;
    if (config.strict && rejection) throw strictError(rejection);
    const tensors = await completeTensors(session, indexed);
    const { counts, files } = tensors.manifest;
    const { train = 0, validation = 0, test = 0 } = counts;
    const images = train + validation + test;
    return {
      run: name,
      images,
      rejected: counts.rejected ?? 0,
      classes: counts.classes ?? 0,
      shards: files.filter(({ rows }) => rows !== undefined).length,
      reused: tensors.skipped ? images : tensors.reused,
      splits: { train, validation, test },
      directory: tensors.files.directory,
    };
  });
}
