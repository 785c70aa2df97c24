/**
 * Status: how far each stage of a run is, and whether it still fits.
 *
 * Reads only: nothing is made, removed or fetched.
 */

import { StageFiles } from "../artifact/stage_files.ts";
import type { StageTime } from "../artifact/fingerprint.ts";
import {
  definitionOf,
  isWanted,
  type Look,
  type Stage,
} from "../stages/stage.ts";
import { EMBEDDINGS } from "../stages/embeddings.ts";
import { STAGES } from "../stages/stages.ts";
import { pipelineContext, type PipelineOptions } from "./events.ts";
import { isFetched } from "./fetch_preset.ts";
import { assembleRun, DEFAULT_RUN, requireRun } from "./open_run.ts";
import { runFacts } from "./plan.ts";
import type { Run } from "./run.ts";
import { findStale } from "./stale.ts";
import type { Workspace } from "./workspace.ts";

/** Which run to inspect, and whether to read every byte. */
export interface StatusOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Whether to read every byte. @default {false} */
  verify?: boolean | undefined;
  /** Absolute path of the folder of presets that were fetched. */
  cache?: string | undefined;
  /** Called for every event, such as the warning that the run file is damaged. */
  onEvent?: PipelineOptions["onEvent"];
}

/** How far a stage is. */
export interface StageStatus {
  /** The stage. */
  stage: string;
  /** `stale`: it was made, but its settings or inputs have changed since. */
  state: "absent" | "partial" | "complete" | "stale" | "damaged";
  /** Shards, epochs or files that are made. */
  done: number;
  /** Shards, epochs or files in all; 0 where that is not known. */
  total: number;
  /** Why it is stale, or what is damaged, a line each. */
  reasons: string[];
  /** Directory of its artifacts, relative to the work directory; `null` before the first run. */
  directory: string | null;
  /** How long it took; `null` if it is not complete, or if another run completed it. */
  time: StageTime | null;
}

/** Counts the units that a stage has to make. */
async function countWanted(run: Run, stage: Stage): Promise<number> {
  const look: Look = {
    run: runFacts(run.parts),
    work: run.parts.file.works[stage.name],
    find: (other) => run.find(other).catch(() => undefined),
    countWanted: (other) => countWanted(run, other),
  };
  return await definitionOf(stage).countWanted?.(look) ?? 0;
}

/** Name of a shard. */
const SHARD = /\/[a-z]+-\d+-of-\d+\.safetensors$/;

/** Counts the whole files in a directory; where a number of units is known, its shards if it has any. */
async function countFiles(
  run: Run,
  { directory }: StageFiles,
  total: number,
): Promise<number> {
  const files = await run.parts.store.list(directory);
  const whole = files.filter(({ path }) => !/\/incomplete\.[^/]+$/.test(path));
  const shards = whole.filter(({ path }) => SHARD.test(path)).length;
  return total > 0 && shards > 0 ? shards : whole.length;
}

/** Looks at the artifacts of a stage as the run recorded it. */
async function inspectStage(
  run: Run,
  stage: Stage,
): Promise<Omit<StageStatus, "stage" | "time">> {
  const { parts } = run;
  const work = parts.file.works[stage.name];
  const files = work && await StageFiles.open(parts.store, work);
  const directory = files?.directory ?? null;
  const reasons: string[] = [];
  const manifest = await files?.manifest().catch((error: Error) => {
    reasons.push(error.message);
  });
  if (files && manifest) {
    const { length } = manifest.files;
    const everyByte = parts.verify;
    const damage = await files.check(manifest, { everyByte });
    reasons.push(...damage.map(({ path, reason }) => `${path}: ${reason}`));
    const state = damage.length > 0 ? "damaged" : "complete";
    const done = length - damage.length;
    return { state, done, total: length, reasons, directory };
  }
  // Not for a complete stage: an index of millions of photos may be read for it.
  const total = await countWanted(run, stage);
  if (files === undefined || reasons.length > 0) {
    const state = files ? "damaged" : "absent";
    return { state, done: 0, total, reasons, directory };
  }
  const done = await (definitionOf(stage).countDone?.(files) ??
    countFiles(run, files, total));
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
    const inspected = await inspectStage(run, stage);
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
  const run = await assembleRun(file, context);
  const { name: weights, isHere } = run.parts.backbone;
  if (!isHere && !isFetched(weights)) {
    const message = `the weight file "${weights}" is gone, or may not be read`;
    context.emit({ type: "warning", stage: EMBEDDINGS.name, message });
  }
  const facts = runFacts(run.parts);
  const wanted = STAGES.filter((stage) => isWanted(stage, facts));
  return await inspectStages(run, wanted);
}
