/**
 * Status: how far each stage of a run is, and whether it still fits.
 *
 * Reads only: nothing is made, removed or fetched.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import type { StageTime } from "../artifact/fingerprint.ts";
import { definitionOf, type Look, type Stage } from "../stages/stage.ts";
import { STAGES } from "../stages/stages.ts";
import { pipelineContext } from "./events.ts";
import { assembleRun, DEFAULT_RUN, requireRun } from "./open_run.ts";
import { runFacts } from "./plan.ts";
import type { Run } from "./run.ts";
import { findStale } from "./stale.ts";
import type { Workspace } from "./workspace.ts";

/** Which run to look at, and how closely. */
export interface StatusOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Whether to read every byte. @default {false} */
  verify?: boolean | undefined;
  /** Absolute path of the folder of presets that were fetched. */
  cache?: string | undefined;
}

/** How far a stage is. */
export interface StageStatus {
  /** The stage. */
  stage: string;
  /** `stale`: it was done, but for other work than is wanted now. */
  state: "absent" | "partial" | "complete" | "stale" | "damaged";
  /** Shards, epochs or files that are there. */
  done: number;
  /** Those that are wanted; 0 where that is not known. */
  total: number;
  /** Why it is stale, or what is damaged, a line each. */
  reasons: string[];
  /** Directory of its artifacts, relative to the work directory; `null` before the first run. */
  directory: string | null;
  /** What it took to complete it; `null` if it is not, or was complete when the run came to it. */
  time: StageTime | null;
}

/** Counts the units that are wanted of a stage. */
async function countWanted(run: Run, stage: Stage): Promise<number> {
  const look: Look = {
    run: runFacts(run.parts),
    work: run.parts.file.works[stage.name],
    find: (other) => run.find(other).catch(() => undefined),
    wanted: (other) => countWanted(run, other),
  };
  return await definitionOf(stage).wanted?.(look) ?? 0;
}

/** Counts shards in a directory, or files where no shards are wanted; debris is neither. */
async function countFiles(
  run: Run,
  { directory }: StageFiles,
  ofShards: boolean,
): Promise<number> {
  const counted = ofShards
    ? /\/[a-z]+-\d+-of-\d+\.safetensors$/
    : /\/(?!incomplete\.)[^/]+$/;
  const files = await run.parts.store.list(directory);
  return files.filter(({ path }) => counted.test(path)).length;
}

/** Looks at the artifacts of a stage as the run recorded it. */
async function inspect(
  run: Run,
  stage: Stage,
): Promise<Omit<StageStatus, "stage" | "time">> {
  const { parts } = run;
  const total = await countWanted(run, stage);
  const work = parts.file.works[stage.name];
  const reasons: string[] = [];
  if (work === undefined) {
    return { state: "absent", done: 0, total, reasons, directory: null };
  }
  const files = await StageFiles.open(parts.store, work);
  const { directory } = files;
  let manifest;
  try {
    manifest = await files.manifest();
  } catch (error) {
    reasons.push((error as Error).message);
    return { state: "damaged", done: 0, total, reasons, directory };
  }
  if (manifest) {
    const { length } = manifest.files;
    const everyByte = parts.verify;
    const damage = await files.check(manifest, { everyByte });
    reasons.push(...damage.map(({ path, reason }) => `${path}: ${reason}`));
    const state = damage.length > 0 ? "damaged" : "complete";
    const done = length - damage.length;
    return { state, done, total: length, reasons, directory };
  }
  const done = await (definitionOf(stage).countDone?.(files) ??
    countFiles(run, files, total > 0));
  const state = done > 0 ? "partial" : "absent";
  return { state, done, total, reasons, directory };
}

/**
 * Looks at stages of a run.
 *
 * @param stages The stages, each after those it reads.
 */
export async function inspectStages(
  run: Run,
  stages: readonly Stage[],
): Promise<StageStatus[]> {
  const { times } = run.parts.file;
  const stale = await findStale(run, stages);
  const statuses: StageStatus[] = [];
  let upstream: string | undefined;
  for (const stage of stages) {
    const { name } = stage;
    const inspected = await inspect(run, stage);
    const isDone = !["absent", "partial"].includes(inspected.state);
    const time = isDone && times?.[name] || null;
    const found = { stage: name, ...inspected, time };
    if (found.directory === null) {
      statuses.push(found);
      continue;
    }
    const reasons = stale.get(name) ??
      (upstream ? [`${upstream} is stale`] : []);
    upstream ??= reasons.length > 0 ? name : undefined;
    const isStale = reasons.length > 0 && found.state !== "absent";
    statuses.push(isStale ? { ...found, state: "stale", reasons } : found);
  }
  return statuses;
}

/**
 * Looks at every stage of a run.
 *
 * @throws {MissingArtifactError} If there is no run of this name.
 */
export async function status(
  workspace: Workspace,
  options: StatusOptions = {},
): Promise<StageStatus[]> {
  const { run: name = DEFAULT_RUN, ...how } = options;
  const file = await requireRun(workspace, name);
  const context = pipelineContext(workspace.store, how);
  return await inspectStages(await assembleRun(file, context), STAGES);
}
