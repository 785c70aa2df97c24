/**
 * The third task: what a trained head is worth.
 *
 * @module
 */

import type { Split } from "../dataset/split.ts";
import type { Finding } from "../findings/finding.ts";
import type { Metrics } from "../metrics/schema.ts";
import { FINDINGS_FILE } from "../stages/findings.ts";
import { REPORT_FILE } from "../stages/report.ts";
import { completeEvaluation } from "./complete_evaluation.ts";
import { completeEvidence } from "./complete_evidence.ts";
import { completeFindings } from "./complete_findings.ts";
import { completeReport, type ReportStages } from "./complete_report.ts";
import { healing } from "./heal.ts";
import { requireTrained } from "./require_trained.ts";
import { resumeSession, type Session, type SessionOptions } from "./session.ts";
import { logEvaluation } from "./tensorboard.ts";
import { completeThroughHead } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** What to evaluate. */
export interface EvaluateOptions extends Omit<SessionOptions, "settings"> {
  /** The split; `test` if there is one, else `validation`. */
  split?: Split | undefined;
  /** Whether to write event files for TensorBoard. @default {false} */
  tensorboard?: boolean | undefined;
  /** Whether to show what is behind the numbers, which the stages after the evaluation do. @default {true} */
  report?: boolean | undefined;
}

/** What may be wrong with the data. */
export interface EvaluateFindings {
  /** Findings of each kind, before the strongest were chosen; and `photos`, `references` and `findings`. */
  counts: Record<string, number>;
  /** The findings: kind after kind, the strongest first, at most 1,000 of each. */
  list: Finding[];
  /** Path of `findings.jsonl`, relative to the work directory. */
  path: string;
}

/** What was evaluated. */
export interface EvaluateResult {
  /** Name of the run. */
  run: string;
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
  /** Names of the files. */
  files: string[];
  /** Directory of the files, relative to the work directory. */
  directory: string;
  /** Path of the page, relative to the work directory; `null` without one. */
  page: string | null;
  /** Folder of the event files, relative to the work directory; `null` without any. */
  tensorboard: string | null;
  /** What may be wrong with the data; `null` if it was not to be looked for. */
  findings: EvaluateFindings | null;
}

/** What the stages after the evaluation show. */
type Shown = Pick<EvaluateResult, "findings" | "page">;

/** Completes the stages after the evaluation. */
async function showAll(
  session: Session,
  inputs: Omit<ReportStages, "findings" | "evidence">,
): Promise<Shown> {
  const findings = await completeFindings(session, inputs);
  const evidence = await completeEvidence(session, inputs);
  const stages = { ...inputs, findings, evidence };
  const report = await completeReport(session, stages);
  return {
    findings: {
      counts: findings.manifest.counts,
      list: findings.findings,
      path: findings.files.path(FINDINGS_FILE),
    },
    page: report.files.path(REPORT_FILE),
  };
}

/**
 * Evaluates the trained head of a run.
 *
 * @param workspace The work directory.
 * @param options The run, the split, a stop signal and a listener.
 * @returns The numbers and where the files are.
 * @throws {MissingArtifactError} If the run was not trained to its end, or has no such split.
 */
export async function evaluate(
  workspace: Workspace,
  options: EvaluateOptions = {},
): Promise<EvaluateResult> {
  const session = await resumeSession(workspace, options);
  await requireTrained(session, "evaluate");
  return await healing(session, async () => {
    const inputs = await completeThroughHead(session);
    const evaluation = await completeEvaluation(session, inputs, options.split);
    const { split, metrics, files, manifest } = evaluation;
    const shown: Shown = options.report ?? true
      ? await showAll(session, { ...inputs, evaluation })
      : { findings: null, page: null };
    const epoch = inputs.head.manifest.counts.keptEpoch!;
    const tensorboard = options.tensorboard
      ? await logEvaluation(session, { split, metrics, epoch })
      : null;
    return {
      run: session.run.name,
      split,
      metrics,
      files: manifest.files.map(({ path }) => path),
      directory: files.directory,
      tensorboard,
      ...shown,
    };
  });
}
