/**
 * Status: how far each stage of a run is, and whether it still fits.
 *
 * Reads only: nothing is made, healed or swept.
 *
 * @module
 */

import { type StageName, STAGES, type Work } from "../artifact/fingerprint.ts";
import { readHeader } from "../artifact/shard.ts";
import { planShards } from "../artifact/shard_name.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { StageTime } from "../artifact/stage_time.ts";
import type { Store } from "../artifact/store.ts";
import { SPLITS } from "../dataset/split.ts";
import { HEAD_FILES } from "../head/checkpoint.ts";
import { requireIndex } from "./complete_index.ts";
import { pipelineContext } from "./context.ts";
import {
  DEFAULT_RUN,
  requireRun,
  type Session,
  startSession,
} from "./session.ts";
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
  stage: StageName;
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

/** Number of shards that tensors and embeddings are to have; 0 before there is an index. */
async function countShards(session: Session): Promise<number> {
  const shardSize = session.run.works.tensors?.config.shardSize;
  const index = await requireIndex(session).catch(() => undefined);
  if (index === undefined || typeof shardSize !== "number") return 0;
  const records = await index.dataset.readRecords();
  return SPLITS.map((split) => {
    const rows = records.rowsOf(split).length;
    return planShards(split, { rows, shardSize }).length;
  }).reduce((a, b) => a + b, 0);
}

/** Number of shards in a directory, or of files where no shards are wanted; debris is neither. */
async function countFiles(
  store: Store,
  directory: string,
  ofShards: boolean,
): Promise<number> {
  const wanted = ofShards
    ? /\/[a-z]+-\d+-of-\d+\.safetensors$/
    : /\/(?!incomplete\.)[^/]+$/;
  const files = await store.list(directory);
  return files.filter(({ path }) => wanted.test(path)).length;
}

/** Number of epochs that the checkpoint of a head has. */
async function countEpochs(store: Store, path: string): Promise<number> {
  const header = await readHeader(store, path);
  return Number(header?.metadata.epoch ?? 0);
}

/** Looks at the artifacts of the work that a run recorded. */
async function inspect(
  store: Store,
  work: Work,
  options: { verify: boolean; total: number },
): Promise<Omit<StageStatus, "time">> {
  const { stage } = work;
  const files = await StageFiles.open(store, work);
  const { directory } = files;
  const base = { stage, directory, reasons: [] as string[] };
  let manifest;
  try {
    manifest = await files.manifest();
  } catch (error) {
    const reasons = [(error as Error).message];
    return {
      ...base,
      state: "damaged",
      done: 0,
      total: options.total,
      reasons,
    };
  }
  if (manifest) {
    const total = manifest.files.length;
    const damage = await files.check(manifest, { everyByte: options.verify });
    const done = total - damage.length;
    const reasons = damage.map(({ path, reason }) => `${path}: ${reason}`);
    const state = damage.length > 0 ? "damaged" : "complete";
    return { ...base, state, done, total, reasons };
  }
  const done = stage === "head"
    ? await countEpochs(store, files.path(HEAD_FILES.checkpoint))
    : await countFiles(store, directory, options.total > 0);
  const state = done > 0 ? "partial" : "absent";
  return { ...base, state, done, total: options.total };
}

/**
 * Looks at every stage of a run.
 *
 * @param workspace The work directory.
 * @param options The run, and whether to read every byte.
 * @returns The stages, in order.
 * @throws {MissingArtifactError} If there is no run of this name.
 */
export async function status(
  workspace: Workspace,
  options: StatusOptions = {},
): Promise<StageStatus[]> {
  const { run: name = DEFAULT_RUN, verify = false } = options;
  const { store } = workspace;
  const run = await requireRun(workspace, name);
  const session = await startSession(
    run,
    pipelineContext(store, { cache: options.cache }),
  );
  const stale = await findStale(session, { photos: true });
  const shards = await countShards(session);
  const totals: Partial<Record<StageName, number>> = {
    tensors: shards,
    embeddings: shards,
    head: run.config.epochs,
  };
  const statuses: StageStatus[] = [];
  let upstream: StageName | undefined;
  for (const stage of STAGES) {
    const work = run.works[stage];
    const total = totals[stage] ?? 0;
    if (work === undefined) {
      const none = { done: 0, reasons: [], directory: null, time: null };
      statuses.push({ stage, state: "absent", total, ...none });
      continue;
    }
    const inspected = await inspect(store, work, { verify, total });
    const isDone = !["absent", "partial"].includes(inspected.state);
    const time = isDone && run.times?.[stage] || null;
    const found = { ...inspected, time };
    const reasons = stale.get(stage) ??
      (upstream ? [`${upstream} is stale`] : []);
    upstream ??= reasons.length > 0 ? stage : undefined;
    const isStale = reasons.length > 0 && found.state !== "absent";
    statuses.push(isStale ? { ...found, state: "stale", reasons } : found);
  }
  return statuses;
}
