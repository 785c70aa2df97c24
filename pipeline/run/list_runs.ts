/**
 * The runs of a work directory, each in a few words.
 *
 * Reads only: no weights, no photos, and no artifact but the numbers of the
 * evaluation.
 */

import { Artifact } from "../artifact/artifact.ts";
import { fingerprint } from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Store } from "../artifact/store.ts";
import type { Split } from "../dataset/split.ts";
import { FormatError } from "../errors.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { readRun, runPath } from "./run_file.ts";
import type { RunFile } from "./run_format.ts";
import type { Workspace } from "./workspace.ts";

/** A run in a few words. */
export interface RunSummary {
  /** Its name. */
  name: string;
  /** Absolute path of its photos; `null` for the embedded ones. */
  data: string | null;
  /** Its backbone: a preset, or the absolute path of a file. */
  backbone: string;
  /** Its latest evaluation; `null` without one. */
  evaluation: {
    split: Split;
    /** Share of its photos whose likeliest class is right. */
    top1: number;
    /** Whether the head was trained again since. */
    isStale: boolean;
  } | null;
  /** Bytes of its files; runs that share artifacts each count them. */
  sizeBytes: number;
  /** When it was worked on last, as ISO 8601. */
  changedAt: string;
}

/** A run that cannot be read. */
export interface BrokenRun {
  /** Its name. */
  name: string;
  /** Why it cannot be read. */
  problem: string;
}

/** Reads the numbers of the latest evaluation of a run, if they are there. */
async function readEvaluation(
  store: Store,
  { works }: RunFile,
): Promise<RunSummary["evaluation"]> {
  const found = await Artifact.find(store, works[EVALUATION.name]);
  if (found === undefined) return null;
  const { split, metrics } = await EVALUATION.open(found);
  const head = works.head && await fingerprint(works.head);
  return {
    split,
    top1: metrics.top1,
    isStale: found.files.work.inputs.head !== head,
  };
}

/** Adds up the files of a run, and finds its last change. */
async function measure(
  store: Store,
  { name, works }: RunFile,
): Promise<Pick<RunSummary, "sizeBytes" | "changedAt">> {
  const files = await Promise.all(
    Object.values(works).map((work) => StageFiles.open(store, work)),
  );
  const own = await store.list(`runs/${name}`);
  const artifacts = await Promise.all(
    files.map(({ directory }) => store.list(directory)),
  );
  const sizeBytes = [own, ...artifacts].flat()
    .reduce((sum, entry) => sum + Math.max(0, entry.sizeBytes), 0);
  const path = runPath(name);
  const { modifiedMs } = own.find((entry) => entry.path === path)!;
  return { sizeBytes, changedAt: new Date(modifiedMs).toISOString() };
}

/**
 * Lists the runs of a work directory.
 *
 * @returns The runs by name; those that cannot be read with the reason.
 */
export async function listRuns(
  { store }: Workspace,
): Promise<(RunSummary | BrokenRun)[]> {
  const runs: (RunSummary | BrokenRun)[] = [];
  for (const name of await store.folders("runs")) {
    try {
      const file = await readRun(store, name);
      if (file === undefined) continue;
      const { data, backbone } = file.config;
      const evaluation = await readEvaluation(store, file);
      const measured = await measure(store, file);
      runs.push({ name, data, backbone, evaluation, ...measured });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      runs.push({ name, problem: error.message });
    }
  }
  return runs;
}
