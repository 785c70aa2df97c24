/**
 * A run that is to be compared: its evaluation, as it was completed.
 *
 * @module
 */

import { Artifact } from "../artifact/artifact.ts";
import { explainChange } from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { type Split, splitOf } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import type { RunInput } from "../report/comparison/compare_runs.ts";
import { PredictionTable } from "../report/comparison/prediction_table.ts";
import { EVALUATION, resampleNumbers } from "../stages/evaluation.ts";
import { isDamage } from "./heal.ts";
import { requireTrained } from "./require_trained.ts";
import type { Run } from "./run.ts";
import { runPath } from "./run_file.ts";
import { planRecorded } from "./stale.ts";

/** A run with a complete evaluation. */
export interface EvaluatedRun {
  run: Run;
  split: Split;
  /** The evaluation, complete; nothing of it is read yet. */
  artifact: Artifact;
}

/**
 * Finds the evaluation of a run: that of the split it was opened for, or else the latest.
 *
 * @throws {MissingArtifactError} If the run is not trained and evaluated as its settings want it.
 */
export async function findEvaluation(run: Run): Promise<EvaluatedRun> {
  await requireTrained(run, "compare");
  const { store, file } = run.parts;
  const latest = file.works[EVALUATION.name];
  const latestSplit = splitOf(latest?.config);
  const split = run.parts.split ?? latestSplit;
  const work = split && await planRecorded(run, EVALUATION);
  let reason = "it is not evaluated";
  if (split !== undefined && work !== undefined) {
    const files = await StageFiles.open(store, work);
    const manifest = await files.manifest();
    if (manifest !== undefined) {
      return { run, split, artifact: new Artifact(files, manifest) };
    }
    const changes = latest && latestSplit === split
      ? explainChange(latest, work)
      : [];
    reason = changes.length > 0
      ? `its stage evaluation is stale, ${changes.join("; ")}`
      : `the head that it has now is not evaluated on split "${split}"`;
  }
  const how = split === undefined ? "" : ` on split "${split}"`;
  throw new MissingArtifactError(
    `Cannot compare run "${run.name}" as ${reason}: run the task eval${how} first`,
    { stage: EVALUATION.name, path: runPath(run.name) },
  );
}

/** Reads the predictions of an evaluation into columns. */
async function readTable(artifact: Artifact): Promise<PredictionTable> {
  const { metrics, streamPredictions } = await EVALUATION.open(artifact);
  const table = new PredictionTable(metrics.perClass.map(({ name }) => name));
  for await (const prediction of streamPredictions()) table.push(prediction);
  return table;
}

/**
 * Reads what a comparison needs of a run.
 *
 * @throws {MissingArtifactError} If a file of the evaluation is gone or damaged.
 */
export async function readEvaluated(
  { run, split, artifact }: EvaluatedRun,
): Promise<RunInput> {
  const { name, config } = run;
  const table = await readTable(artifact).catch((cause) => {
    if (!isDamage(cause)) throw cause;
    throw new MissingArtifactError(
      `Cannot compare run "${name}" as a file of its evaluation is gone or damaged: run the task eval on split "${split}" with --verify first`,
      { stage: EVALUATION.name, path: cause.path, cause },
    );
  });
  const numbers = resampleNumbers(config.seed);
  return { name, table, numbers, settings: { ...config } };
}
