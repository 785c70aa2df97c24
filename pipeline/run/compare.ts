/**
 * Compares runs on the photos that they have in common.
 *
 * Trains nothing and starts no engine. The page is a view of what the stages wrote;
 * it lies beside the first run and is written only if it changes.
 */

import { sha256 } from "../artifact/digest.ts";
import type { Split } from "../dataset/split.ts";
import { DatasetError } from "../errors.ts";
import { renderComparison } from "../report/compare_page/page.ts";
import {
  compareRuns,
  type RunInput,
} from "../report/comparison/compare_runs.ts";
import type { Comparison } from "../report/comparison/comparison.ts";
import {
  comparedThumbnails,
  type EvaluatedRun,
  findEvaluation,
  readEvaluated,
} from "./compared_run.ts";
import type { PipelineOptions } from "./events.ts";
import { resumeRun } from "./open_run.ts";
import { type Workspace, writeChanged } from "./workspace.ts";

/** Options of {@linkcode compare}. */
export interface CompareOptions
  extends Pick<PipelineOptions, "signal" | "onEvent" | "cache"> {
  /** Names of the runs, at least two; the others are compared with the first. */
  runs: readonly string[];
  /** The split; that of the latest evaluation of each run if not given, which must be the same. */
  split?: Split | undefined;
}

/** Result of {@linkcode compare}. */
export interface CompareResult {
  /** The numbers. */
  comparison: Comparison;
  /** Path of the page, relative to the work directory. */
  page: string;
}

/** Longest part of a file name that is made of names of runs, in characters. */
const MAX_NAME_LENGTH = 150;

/** Names the page of a comparison. */
async function pagePath(
  [first, ...others]: readonly string[],
  split: Split,
): Promise<string> {
  // No name of a run has a "+".
  const names = others.join("+");
  const name = names.length <= MAX_NAME_LENGTH
    ? names
    : (await sha256(new TextEncoder().encode(names))).slice(0, 16);
  return `runs/${first}/compare-${split}/${name}.html`;
}

/** Throws unless there are runs to compare, each once. */
function checkRuns(runs: readonly string[]): void {
  if (runs.length < 2 || new Set(runs).size < runs.length) {
    throw new RangeError(
      `Cannot compare runs as there must be at least two, each once: current value is ${
        runs.map((run) => `"${run}"`).join(", ") || "none"
      }`,
    );
  }
}

/** Returns the split that all runs were evaluated on. */
function sameSplit(runs: readonly EvaluatedRun[]): Split {
  const splits = new Set(runs.map(({ split }) => split));
  if (splits.size > 1) {
    const which = runs.map(({ run, split }) => `"${run.name}" on ${split}`);
    throw new DatasetError(
      `Cannot compare runs as they must be evaluated on one split: ${
        which.join(", ")
      }; name the split, or evaluate them on the same one`,
    );
  }
  return runs[0]!.split;
}

/**
 * Compares runs with the first of them, by the latest evaluation of each.
 *
 * @throws {RangeError} If there are fewer than two runs, or one twice.
 * @throws {MissingArtifactError} If a run is not there, or not evaluated as its settings want it, or a file of its evaluation is gone or damaged.
 * @throws {DatasetError} If the runs were evaluated on different splits, or have no photo in common.
 */
export async function compare(
  workspace: Workspace,
  options: CompareOptions,
): Promise<CompareResult> {
  const { runs: names, ...context } = options;
  checkRuns(names);
  const evaluated: EvaluatedRun[] = [];
  for (const name of names) {
    const run = await resumeRun(workspace, { ...context, run: name });
    evaluated.push(await findEvaluation(run));
  }
  const split = sameSplit(evaluated);
  const inputs: RunInput[] = [];
  for (const run of evaluated) {
    context.signal?.throwIfAborted();
    inputs.push(await readEvaluated(run));
  }
  const comparison = compareRuns(inputs, split);
  if (comparison === undefined) {
    throw new DatasetError(
      `Cannot compare runs ${
        names.map((name) => `"${name}"`).join(", ")
      } as they have no photo of split "${split}" in common: they must be evaluated on some of the same photos`,
    );
  }
  const thumbnails = await comparedThumbnails(evaluated[0]!.run, comparison);
  const path = await pagePath(names, split);
  const page = renderComparison(comparison, thumbnails);
  const { store } = workspace;
  await writeChanged(store, path, new TextEncoder().encode(page));
  return { comparison, page: path };
}
