/**
 * The third task: what a trained head is worth.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import { startTfjs } from "../backbone/engines/tfjs_backend.ts";
import type { Split } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import { decodeHead } from "../head/checkpoint.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  evaluateHead,
  METRICS_FILE,
  planEvaluation,
} from "../stages/evaluation.ts";
import { HEAD_FILES } from "../stages/head.ts";
import { loadSplit } from "./complete_embeddings.ts";
import { completeHead, readHistory, requireRun } from "./complete_head.ts";
import { pipelineContext, type PipelineOptions } from "./context.ts";
import { healing } from "./heal.ts";
import { DEFAULT_RUN } from "./prepare.ts";
import { runPath } from "./run_file.ts";
import { announceWork, openSession } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** What to evaluate. */
export interface EvaluateOptions extends PipelineOptions {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** The split; `test` if there is one, else `validation`. */
  split?: Split | undefined;
}

/** What was evaluated. */
export interface EvaluationResult {
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
  /** Names of the files. */
  files: string[];
  /** Directory of the files, relative to the work directory. */
  directory: string;
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
): Promise<EvaluationResult> {
  const run = await requireRun(workspace, options.run ?? DEFAULT_RUN);
  const context = pipelineContext(workspace.store, options);
  const session = await openSession(run, context);
  const done = run.works.head;
  const files = done && await StageFiles.open(workspace.store, done);
  if (!files || await files.read("manifest.json") === undefined) {
    throw new MissingArtifactError(
      `Cannot evaluate run "${run.name}" as its head is not trained to the end: run the task train first`,
      { stage: "head", path: runPath(run.name) },
    );
  }
  return await healing(session, async () => {
    const { indexed, embeddings, head, engine } = await completeHead(
      session,
      () => 0,
    );
    const { counts } = embeddings.manifest;
    const split = options.split ?? (counts.test ? "test" : "validation");
    if (!counts[split]) {
      throw new MissingArtifactError(
        `Cannot evaluate run "${run.name}" on split "${split}" as it has no samples`,
        { stage: "dataset-index", path: runPath(run.name) },
      );
    }
    const work = planEvaluation({
      head: head.files.fingerprint,
      embeddings: embeddings.files.fingerprint,
    }, split);
    await announceWork(session, work);
    const backend = await startTfjs(engine);
    try {
      backend.use();
      const result = await evaluateHead(work, async () => {
        const file = head.manifest.files
          .find(({ path }) => path === HEAD_FILES.head)!;
        const path = head.files.path(file.path);
        return {
          head: await decodeHead(await head.files.readVerified(file), path),
          source: (await loadSplit(embeddings, split))!,
          ...indexed.dataset,
          history: await readHistory(head),
          bestEpoch: head.manifest.counts.bestEpoch!,
        };
      }, session);
      const entry = result.manifest.files
        .find(({ path }) => path === METRICS_FILE)!;
      const bytes = await result.files.readVerified(entry);
      return {
        split,
        metrics: JSON.parse(new TextDecoder().decode(bytes)),
        files: result.manifest.files.map(({ path }) => path),
        directory: result.files.directory,
      };
    } finally {
      await backend.stop();
    }
  });
}
