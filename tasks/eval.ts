/**
 * `deno task eval`: a trained head to metrics, predictions, curves and a page.
 */

import type { EvaluateResult } from "../mod.ts";
import { renderEvaluation } from "./cli/evaluation.ts";
import { renderFindings } from "./cli/findings.ts";
import { openWork, reportTensorboard, stageOptions } from "./cli/stage_task.ts";
import { callOf } from "./cli/call.ts";
import { insideWork } from "./cli/user_path.ts";
import { openPage } from "./cli/open_page.ts";
import { formatDuration } from "./cli/progress.ts";
import { runTask, type Task, type TaskContext } from "./cli/run_task.ts";
import { readSplit } from "./cli/flag_values.ts";

/** What `--json` prints. */
export interface EvalOutput {
  run: string;
  /** Split that was evaluated. */
  split: string;
  samples: number;
  /** Share whose most likely class is right. */
  top1: number;
  /** Share whose five most likely classes hold the right one; `null` with five classes or fewer. */
  top5: number | null;
  /** Mean cross-entropy. */
  loss: number;
  /** Mean of the classes' F1. */
  macroF1: number;
  /** Duration. */
  seconds: number;
  /** Directory of the files, relative to the work directory. */
  directory: string;
  /** Path of the page, relative to the work directory; `null` without one. */
  page: string | null;
  /** How many findings of each kind there are; `null` if they were not looked for. */
  findings: Record<string, number> | null;
}

/** Width of the terminal that people watch, or that of most. */
function terminalColumns(): number {
  return Deno.stderr.isTerminal() ? Deno.consoleSize().columns : 80;
}

/** Tells what came of an evaluation. */
function report(result: EvaluateResult, context: TaskContext): void {
  const { metrics, split, files, directory } = result;
  const { reporter, work } = context;
  reporter.line();
  const columns = terminalColumns();
  for (const line of renderEvaluation(metrics, { split, columns })) {
    reporter.line(line);
  }
  const { findings } = result;
  if (findings !== null) {
    const path = `${work}/${findings.path}`;
    for (const line of renderFindings(findings, path)) reporter.line(line);
  }
  reporter.line(`  files in ${work}/${directory}:`);
  for (const name of files) reporter.line(`    ${name}`);
  reportTensorboard(context, result.tensorboard);
}

/** Evaluates a run and tells what came of it. */
export async function runEval(context: TaskContext): Promise<EvalOutput> {
  const { run, reporter, values } = context;
  const started = Date.now();
  const split = readSplit(values.split);
  const { evaluate } = await import("../pipeline/run/evaluate.ts");
  using workspace = await openWork(context, { create: false });
  reporter.line(`eval: run "${run}" in ${workspace.root}`);
  const result = await evaluate(workspace, {
    ...stageOptions(context),
    split,
    tensorboard: values.tensorboard === true,
    report: values.report !== false,
  });
  report(result, context);
  if (result.betterBackbone !== null) {
    const call = callOf("prepare", values);
    reporter.line(
      `  backbone tiny is likely the limit; a full-size one: ${call} --backbone ${result.betterBackbone}`,
    );
  }
  const ms = Date.now() - started;
  reporter.line(`  evaluated in ${formatDuration(ms)}`);
  const { metrics, directory, page, findings } = result;
  if (page !== null) reporter.line(`  page: ${insideWork(context.work, page)}`);
  await openPage(context, page);
  const { samples, top1, top5, loss, macro } = metrics;
  return {
    run,
    split: result.split,
    samples,
    top1,
    top5,
    loss,
    macroF1: macro.f1,
    seconds: ms / 1000,
    directory,
    page,
    findings: findings && findings.counts,
  };
}

export const EVAL: Task = {
  name: "eval",
  summary:
    "Evaluates the trained head of a run: metrics.json, predictions.jsonl,\nconfusion.csv, curves.svg. Then checks the data (findings.jsonl), computes heatmaps\n(evidence.jsonl) and writes a page with all of it (report.html).",
  resumes: true,
  run: runEval,
};

if (import.meta.main) await runTask(EVAL);
