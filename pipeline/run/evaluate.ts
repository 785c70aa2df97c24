/** The third task: evaluates a trained head. */

import { betterBackbone } from "../backbone/presets.ts";
import type { Split } from "../dataset/split.ts";
import type { Finding } from "../findings/finding.ts";
import type { Metrics } from "../metrics/schema.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { EVIDENCE } from "../stages/evidence.ts";
import { FINDINGS } from "../stages/findings.ts";
import { HEAD } from "../stages/head.ts";
import { REPORT } from "../stages/report.ts";
import { resumeRun, type RunOptions } from "./open_run.ts";
import { findStale, requireTrained } from "./stale.ts";
import type { Run } from "./run.ts";
import { logEvaluation } from "./tensorboard.ts";
import type { Workspace } from "./workspace.ts";

/** Options of {@linkcode evaluate}. */
export interface EvaluateOptions extends Omit<RunOptions, "settings"> {
  /** Whether to write event files for TensorBoard. @default {false} */
  tensorboard?: boolean | undefined;
  /** Whether to complete the stages after the evaluation too: findings, evidence, report. @default {true} */
  report?: boolean | undefined;
}

/** Possible faults of the data. */
export interface EvaluateFindings {
  /** Findings of each kind, before the strongest were chosen; and `photos`, `references` and `findings`. */
  counts: Record<string, number>;
  /** The findings: kind after kind, the strongest first, at most 1,000 of each. */
  list: Finding[];
  /** Path of `findings.jsonl`, relative to the work directory. */
  path: string;
}

/** Result of {@linkcode evaluate}. */
export interface EvaluateResult {
  /** Name of the run. */
  run: string;
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
  /** Backbone to take where the embedded one limits a run on photos of a person; `null` where it does not. */
  betterBackbone: string | null;
  /** Names of the files. */
  files: string[];
  /** Directory of the files, relative to the work directory. */
  directory: string;
  /** Path of the page, relative to the work directory; `null` without one. */
  page: string | null;
  /** Folder of the event files, relative to the work directory; `null` without any. */
  tensorboard: string | null;
  /** Possible faults of the data; `null` if they were not searched. */
  findings: EvaluateFindings | null;
}

/** Whether the evidence of a run is there and fits, so that the backbone is not needed. */
async function hasEvidence(run: Run): Promise<boolean> {
  // A manifest that is damaged is reported when the stage is completed.
  const found = await run.find(EVIDENCE).catch(() => undefined);
  if (found === undefined) return false;
  return (await findStale(run, [EVALUATION, EVIDENCE])).size === 0;
}

/** Completes the stages after the evaluation. */
async function completeReport(
  run: Run,
): Promise<Pick<EvaluateResult, "findings" | "page">> {
  const { manifest, path, streamFindings } = await run.complete(FINDINGS);
  const list = await Array.fromAsync(streamFindings());
  const { page } = await run.complete(REPORT);
  return { findings: { counts: manifest.counts, list, path }, page };
}

/**
 * Evaluates the trained head of a run.
 *
 * @throws {MissingArtifactError} If the run was not trained to its end, or has no such split.
 */
export async function evaluate(
  workspace: Workspace,
  options: EvaluateOptions = {},
): Promise<EvaluateResult> {
  // Weights are read to find what they are, and again for the evidence.
  const keepsWeights = options.report ?? true;
  const run = await resumeRun(workspace, { ...options, keepsWeights });
  const { release } = run.parts.backbone;
  await requireTrained(run, "evaluate");
  if (release && keepsWeights && await hasEvidence(run)) release();
  const head = await run.complete(HEAD);
  const evaluation = await run.complete(EVALUATION);
  const { split, metrics, files, manifest } = evaluation;
  const shown = keepsWeights
    ? await completeReport(run)
    : { findings: null, page: null };
  release?.();
  return {
    run: run.name,
    split,
    metrics,
    betterBackbone: run.config.data === null
      ? null
      : betterBackbone(run.config.backbone, metrics.top1),
    files: manifest.files.map(({ path }) => path),
    directory: files.directory,
    tensorboard: options.tensorboard
      ? await logEvaluation(run, { split, metrics, epoch: head.keptEpoch })
      : null,
    ...shown,
  };
}
