/**
 * The evidence of a run: what its head looks at.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import type { Engine } from "../backbone/engine.ts";
import { withoutPool } from "../backbone/feature_map.ts";
import { planEvidence, showEvidence } from "../stages/evidence.ts";
import { peek, type StageResult } from "../stages/run_stage.ts";
import { openBackboneEngine } from "./backbone_engine.ts";
import type { EvaluationResult } from "./complete_evaluation.ts";
import { type HeadResult, loadHead } from "./complete_head.ts";
import type { IndexResult } from "./complete_index.ts";
import { completeWork, type Session } from "./session.ts";

/** The stages that the evidence reads. */
export interface EvidenceInputs {
  /** The dataset index. */
  index: IndexResult;
  /** The tensors. */
  tensors: StageResult;
  /** The head. */
  head: HeadResult;
  /** The evaluation. */
  evaluation: EvaluationResult;
}

/**
 * Completes the evidence; the backbone runs again, for the chosen photos only.
 *
 * What is evaluated is worth knowing even where the backbone is gone: then a
 * warning says so, and the stage is left out.
 *
 * @param session The run.
 * @param inputs The stages that it reads, complete.
 * @returns The complete stage, or `undefined` where it is left out.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function completeEvidence(
  session: Session,
  inputs: EvidenceInputs,
): Promise<StageResult | undefined> {
  const { index, tensors, head, evaluation } = inputs;
  const { store, backbone, run } = session;
  const work = planEvidence(evaluation.files.fingerprint);
  const stage = "evidence";
  if (!backbone.isHere) {
    const files = await StageFiles.open(store, work);
    if (await peek(files, session) === undefined) {
      const message =
        `there is no evidence as backbone "${backbone.name}" is not there`;
      session.emit({ type: "warning", stage, message });
      return undefined;
    }
  }
  let engine: Engine | undefined;
  const load = async () => ({
    evaluation,
    split: evaluation.split,
    tensors,
    records: await index.dataset.readRecords(),
    classNames: index.dataset.classNames,
    head: await loadHead(head),
    seed: run.config.seed,
    openEngine: async () =>
      engine = await openBackboneEngine(session, stage, withoutPool),
  });
  try {
    return await completeWork(
      session,
      work,
      () => showEvidence(work, load, session),
    );
  } finally {
    await engine?.close();
  }
}
