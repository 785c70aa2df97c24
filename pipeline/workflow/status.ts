/**
 * Status: how far each stage of a run is, and whether it still fits.
 *
 * Reads only: nothing is made, healed or swept.
 *
 * @module
 */

import {
  explainChange,
  type StageName,
  STAGES,
  type Work,
} from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { readHeader } from "../artifact/shard.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Store } from "../artifact/store.ts";
import { MissingArtifactError } from "../errors.ts";
import { planDatasetIndex } from "../stages/dataset_index.ts";
import { HEAD_FILES } from "../stages/head.ts";
import { planTensors } from "../stages/tensors.ts";
import { pipelineContext } from "./context.ts";
import { openPhotos } from "./photos.ts";
import { DEFAULT_RUN } from "./prepare.ts";
import { readRun, type RunFile, runPath } from "./run_file.ts";
import { openSession, requireIndex } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** Which run to look at, and how closely. */
export interface StatusOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Whether to read every byte. @default {false} */
  verify?: boolean | undefined;
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
}

/** Number of shards that the names of some of them tell. */
function shardTotal(names: readonly string[]): number {
  const totals = new Map<string, number>();
  for (const name of names) {
    const [, split, count] = /([a-z]+)-\d+-of-(\d+)\.safetensors$/.exec(name) ??
      [];
    if (split) totals.set(split, Number(count));
  }
  return [...totals.values()].reduce((a, b) => a + b, 0);
}

/** Looks at the artifacts of the work that a run recorded. */
async function inspect(
  store: Store,
  work: Work,
  options: { verify: boolean; epochs: number },
): Promise<StageStatus> {
  const { stage } = work;
  const files = await StageFiles.open(store, work);
  const { directory } = files;
  const base = { stage, directory, reasons: [] as string[] };
  let manifest;
  try {
    manifest = await files.manifest();
  } catch (error) {
    const reasons = [(error as Error).message];
    return { ...base, state: "damaged", done: 0, total: 0, reasons };
  }
  if (manifest) {
    const total = manifest.files.length;
    const damage = await files.check(manifest, { everyByte: options.verify });
    const done = total - damage.length;
    const reasons = damage.map(({ path, reason }) => `${path}: ${reason}`);
    const state = damage.length > 0 ? "damaged" : "complete";
    return { ...base, state, done, total, reasons };
  }
  if (stage === "head") {
    const path = files.path(HEAD_FILES.checkpoint);
    const header = await readHeader(store, path);
    const done = Number(header?.metadata.epoch ?? 0);
    const state = done > 0 ? "partial" : "absent";
    return { ...base, state, done, total: options.epochs };
  }
  const names = (await store.list(directory)).map(({ path }) => path)
    .filter((path) => !path.endsWith(MANIFEST));
  const state = names.length > 0 ? "partial" : "absent";
  return { ...base, state, done: names.length, total: shardTotal(names) };
}

/** Says which stages no longer fit what is wanted, and why. */
async function findStale(
  store: Store,
  run: RunFile,
): Promise<Map<StageName, string[]>> {
  const stale = new Map<StageName, string[]>();
  const session = await openSession(run, pipelineContext(store, {}));
  const { data, validation, test, strict, shardSize } = run.config;
  const index = run.works["dataset-index"];
  if (index === undefined) return stale;
  try {
    const source = await openPhotos(data);
    const holdOut = { validation, test };
    const plan = await planDatasetIndex({ source, holdOut, strict });
    const changes = explainChange(index, plan.work);
    if (changes.length > 0) stale.set("dataset-index", changes);
  } catch (error) {
    stale.set("dataset-index", [(error as Error).message]);
  }
  const tensors = run.works.tensors;
  if (tensors && !stale.has("dataset-index")) {
    const { geometry } = session.preprocessing;
    const indexed = await requireIndex(session).catch(() => undefined);
    const wanted = indexed &&
      planTensors(indexed.index, { geometry, shardSize });
    const changes = wanted ? explainChange(tensors, wanted) : [];
    if (changes.length > 0) stale.set("tensors", changes);
  }
  const embeddings = run.works.embeddings;
  if (embeddings && tensors) {
    const files = await StageFiles.open(store, tensors);
    const inputs = { ...embeddings.inputs, tensors: files.fingerprint };
    const { digest: backbone } = session.backbone;
    const changes = explainChange(embeddings, {
      ...embeddings,
      inputs: { ...inputs, backbone },
    });
    if (changes.length > 0) stale.set("embeddings", changes);
  }
  return stale;
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
  const run = await readRun(store, name);
  if (run === undefined) {
    throw new MissingArtifactError(
      `Cannot show run "${name}" as there is none of this name in "${workspace.root}": run the task prepare first`,
      { stage: "dataset-index", path: runPath(name) },
    );
  }
  const stale = await findStale(store, run);
  const statuses: StageStatus[] = [];
  let upstream: StageName | undefined;
  for (const stage of STAGES) {
    const work = run.works[stage];
    if (work === undefined) {
      const none = { done: 0, total: 0, reasons: [], directory: null };
      statuses.push({ stage, state: "absent", ...none });
      continue;
    }
    const { epochs } = run.config;
    const found = await inspect(store, work, { verify, epochs });
    const reasons = stale.get(stage) ??
      (upstream ? [`${upstream} is stale`] : []);
    upstream ??= reasons.length > 0 ? stage : undefined;
    const isStale = reasons.length > 0 && found.state !== "absent";
    statuses.push(isStale ? { ...found, state: "stale", reasons } : found);
  }
  return statuses;
}
