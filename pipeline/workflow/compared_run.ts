/**
 * A run that is to be compared: its evaluation, as it was completed.
 *
 * @module
 */

import type { Json } from "../artifact/canonical_json.ts";
import { explainChange, type Work } from "../artifact/fingerprint.ts";
import type { Manifest } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Split } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { RunInput } from "../report/comparison/compare_runs.ts";
import { PredictionTable } from "../report/comparison/prediction_table.ts";
import { METRICS_FILE, planEvaluation } from "../stages/evaluation.ts";
import { resampleNumbers } from "../stages/evaluation_inputs.ts";
import { streamPredictions } from "../stages/read_predictions.ts";
import { isDamage } from "./heal.ts";
import { requireTrained } from "./require_trained.ts";
import { runPath } from "./run_file.ts";
import type { Session } from "./session.ts";

/** A run with a complete evaluation. */
export interface EvaluatedRun {
  /** The run. */
  session: Session;
  /** The split. */
  split: Split;
  /** Files of the evaluation. */
  files: StageFiles;
  /** Their manifest. */
  manifest: Manifest;
}

/** Plans the evaluation of the head that a run has now. */
async function planCurrent(session: Session, split: Split): Promise<Work> {
  const { embeddings, head } = session.run.works;
  const [inputs, trained] = await Promise.all(
    [embeddings!, head!].map((work) => StageFiles.open(session.store, work)),
  );
  return planEvaluation({
    head: trained!.fingerprint,
    embeddings: inputs!.fingerprint,
  }, split);
}

/**
 * Opens the evaluation of a run: that of the split, or else the latest.
 *
 * @param session The run.
 * @param wanted The split, if one is wanted.
 * @returns The evaluation.
 * @throws {MissingArtifactError} If the run is not trained and evaluated as its settings want it.
 */
export async function openEvaluation(
  session: Session,
  wanted: Split | undefined,
): Promise<EvaluatedRun> {
  await requireTrained(session, "compare");
  const { store, run } = session;
  const latest = run.works.evaluation;
  const split = wanted ?? latest?.config.split as Split | undefined;
  let reason = "it is not evaluated";
  if (split !== undefined) {
    const work = await planCurrent(session, split);
    const files = await StageFiles.open(store, work);
    const manifest = await files.manifest();
    if (manifest !== undefined) return { session, split, files, manifest };
    const changes = latest?.config.split === split
      ? explainChange(latest, work)
      : [];
    reason = changes.length > 0
      ? `its stage evaluation is stale, ${changes.join("; ")}`
      : `the head that it has now is not evaluated on split "${split}"`;
  }
  const how = split === undefined ? "" : ` on split "${split}"`;
  throw new MissingArtifactError(
    `Cannot compare run "${run.name}" as ${reason}: run the task eval${how} first`,
    { stage: "evaluation", path: runPath(run.name) },
  );
}

/** Reads the predictions of a run into columns. */
async function readTable(evaluated: EvaluatedRun): Promise<PredictionTable> {
  const { files, manifest } = evaluated;
  const entry = manifest.files.find(({ path }) => path === METRICS_FILE)!;
  const bytes = await files.readVerified(entry);
  const metrics: Metrics = JSON.parse(new TextDecoder().decode(bytes));
  const table = new PredictionTable(metrics.perClass.map(({ name }) => name));
  for await (const prediction of streamPredictions(evaluated)) {
    table.push(prediction);
  }
  return table;
}

/**
 * Reads what a comparison needs of a run.
 *
 * @param evaluated The run.
 * @returns Its predictions in columns, its settings, and random numbers.
 * @throws {MissingArtifactError} If a file of the evaluation is gone or damaged.
 */
export async function readEvaluated(
  evaluated: EvaluatedRun,
): Promise<RunInput> {
  const { session: { run: { name, config } }, split } = evaluated;
  const table = await readTable(evaluated).catch((cause) => {
    if (!isDamage(cause)) throw cause;
    throw new MissingArtifactError(
      `Cannot compare run "${name}" as a file of its evaluation is gone or damaged: run the task eval on split "${split}" with --verify first`,
      { stage: "evaluation", path: cause.path, cause },
    );
  });
  return {
    name,
    table,
    numbers: resampleNumbers(config.seed),
    settings: config as unknown as Record<string, Json>,
  };
}
