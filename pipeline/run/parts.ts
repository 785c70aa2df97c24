/**
 * Stages that several machines make together: each makes a part of the shards, and a
 * last task seals the stage.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { ConfigError } from "../errors.ts";
import type { Part } from "../shards/part.ts";
import { definitionOf, listInputs, type Stage } from "../stages/stage.ts";
import { openRun, resumeRun, type RunOptions } from "./open_run.ts";
import type { Run } from "./run.ts";
import type { PartCounts } from "./share_work.ts";
import type { Workspace } from "./workspace.ts";

/** Options of {@linkcode makePart} and {@linkcode sealStage}. */
export type ShareOptions = Omit<RunOptions, "split" | "keepsWeights">;

/** Result of {@linkcode makePart}. */
export interface PartResult extends PartCounts {
  /** Name of the run. */
  run: string;
  /** The stage. */
  stage: string;
  /** The part. */
  part: Part;
  /** Whether the stage was sealed already, so that nothing was to be done. */
  isSealed: boolean;
}

/** Result of {@linkcode sealStage}. */
export interface SealResult {
  /** Name of the run. */
  run: string;
  /** The stage. */
  stage: string;
  /** Directory of its artifacts, relative to the work directory. */
  directory: string;
  /** Number of its shards; 0 where their content is in other files. */
  shards: number;
  /** What its manifest counts. */
  counts: Record<string, number>;
}

/** Settings that a part may change: they decide no bytes. */
const FREE = ["engine"];

/** Opens the run of a stage that is shared. */
async function openShared(
  workspace: Workspace,
  stage: Stage,
  options: ShareOptions,
): Promise<Run> {
  const { name } = stage;
  if (!definitionOf(stage).isShared) {
    throw new RangeError(
      `Cannot make stage "${name}" in parts as one task makes it`,
    );
  }
  if (listInputs(stage).length === 0) return await openRun(workspace, options);
  const given = Object.keys(options.settings ?? {})
    .find((setting) => !FREE.includes(setting));
  if (given === undefined) return await resumeRun(workspace, options);
  throw new ConfigError(
    `Cannot use setting "${given}" for a part of stage "${name}" as all parts take the settings of the run: give it to prepare --index, as a flag or in the file of --config`,
    given,
  );
}

/**
 * Makes a part of the shards of a stage.
 *
 * Takes no lock. Shards that are there and whole are kept, so that a part may run
 * again, or twice at a time. The first stage takes settings and makes the run; the
 * others take the settings of the run, and need the stages that they read.
 *
 * @param stage One of `DATASET_INDEX`, `TENSORS` and `EMBEDDINGS`.
 * @throws {MissingArtifactError} If a stage that it reads is not complete.
 */
export async function makePart(
  workspace: Workspace,
  stage: Stage,
  options: ShareOptions & { part: Part },
): Promise<PartResult> {
  const { part, ...how } = options;
  const run = await openShared(workspace, stage, how);
  const { complete, ...counts } = await run.makePart(stage, part);
  const isSealed = complete !== undefined;
  return { run: run.name, stage: stage.name, part, ...counts, isSealed };
}

/**
 * Completes a stage whose shards were made in parts: reads and checks every byte of
 * them, and writes the manifest. Nothing is done if it is complete.
 *
 * @param stage One of `DATASET_INDEX`, `TENSORS` and `EMBEDDINGS`.
 * @throws {MissingShardsError} If shards are not there, or were damaged and are removed.
 * @throws {MissingArtifactError} If a stage that it reads is not complete.
 */
export async function sealStage(
  workspace: Workspace,
  stage: Stage,
  options: ShareOptions = {},
): Promise<SealResult> {
  const run = await openShared(workspace, stage, options);
  const { files, shards, manifest }: Artifact = await run.seal(stage);
  return {
    run: run.name,
    stage: stage.name,
    directory: files.directory,
    shards: shards.length,
    counts: manifest.counts,
  };
}
