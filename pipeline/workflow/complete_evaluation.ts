/**
 * The evaluation of a run.
 *
 * @module
 */

import { type Split, SPLITS } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import type { Metrics } from "../metrics/schema.ts";
import {
  evaluateHead,
  METRICS_FILE,
  planEvaluation,
} from "../stages/evaluation.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { loadSplit } from "./complete_embeddings.ts";
import { type HeadResult, loadHead, startHeadEngine } from "./complete_head.ts";
import type { IndexResult } from "./complete_index.ts";
import type { HeadEngine } from "./head_engine.ts";
import { runPath } from "./run_file.ts";
import { completeWork, type Session } from "./session.ts";

/** An evaluation that is complete. */
export interface EvaluationResult extends StageResult {
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
}

/** The stages that an evaluation reads. */
export interface EvaluationInputs {
  /** The dataset index. */
  index: IndexResult;
  /** The embeddings. */
  embeddings: StageResult;
  /** The head. */
  head: HeadResult;
}

/** Says which split to evaluate on, and that there is one. */
function chooseSplit(
  session: Session,
  counts: Record<string, number>,
  wanted: Split | undefined,
): Split {
  const split = wanted ?? (counts.test ? "test" : "validation");
  if (counts[split]) return split;
  const { name } = session.run;
  const others = SPLITS.filter((other) => counts[other]).join(" and ");
  throw new MissingArtifactError(
    `Cannot evaluate run "${name}" on split "${split}" as it has no samples: there are some in ${others}`,
    { stage: "dataset-index", path: runPath(name) },
  );
}

/**
 * Completes the evaluation; the engine starts only if there is something to do.
 *
 * @param session The run.
 * @param inputs The stages that it reads, complete.
 * @param wanted The split; `test` if there is one, else `validation`, if not given.
 * @returns The complete stage.
 * @throws {MissingArtifactError} If the run has no such split.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function completeEvaluation(
  session: Session,
  inputs: EvaluationInputs,
  wanted?: Split,
): Promise<EvaluationResult> {
  const { index, embeddings, head } = inputs;
  const split = chooseSplit(session, embeddings.manifest.counts, wanted);
  const work = planEvaluation({
    head: head.files.fingerprint,
    embeddings: embeddings.files.fingerprint,
  }, split);
  let engine: HeadEngine | undefined;
  const load = async () => {
    const saved = await loadHead(head);
    const source = (await loadSplit(embeddings, split))!;
    const validation = split === "validation"
      ? undefined
      : await loadSplit(embeddings, "validation");
    engine = await startHeadEngine(session, "evaluation");
    return {
      head: saved,
      open: engine.open,
      source,
      validation,
      seed: session.run.config.seed,
      records: await index.dataset.readRecords(),
      classNames: index.dataset.classNames,
      history: head.history,
      bestEpoch: head.manifest.counts.bestEpoch!,
    };
  };
  try {
    const guard = () => engine?.check();
    const result = await completeWork(
      session,
      work,
      () => evaluateHead(work, load, { ...session, guard }),
    );
    const entry = result.manifest.files
      .find(({ path }) => path === METRICS_FILE)!;
    const bytes = await result.files.readVerified(entry);
    const metrics = JSON.parse(new TextDecoder().decode(bytes));
    return { ...result, split, metrics };
  } finally {
    await engine?.stop();
  }
}
