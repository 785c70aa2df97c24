/**
 * A run that is compared: its evaluation, as it was completed, and thumbnails of its
 * photos.
 */

import { namePlaces } from "../config/name_places.ts";
import { Artifact } from "../artifact/artifact.ts";
import { explainChange } from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { type Split, splitOf } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import { SHOWN_PHOTOS } from "../report/compare_page/photos.ts";
import type { RunInput } from "../report/comparison/compare_runs.ts";
import {
  CHANGE_KINDS,
  type Comparison,
} from "../report/comparison/comparison.ts";
import { PredictionTable } from "../report/comparison/prediction_table.ts";
import type { Thumbnails } from "../report/page/data.ts";
import { thumbnailSide } from "../report/thumbnail.ts";
import type { Run } from "./run.ts";
import { runPath } from "./run_file.ts";
import { isDamage } from "./run_stage.ts";
import { planRecorded, requireTrained } from "./stale.ts";
import { readThumbnails } from "../shards/pixels.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { TENSORS } from "../stages/tensors.ts";

/** A run with a complete evaluation. */
export interface EvaluatedRun {
  run: Run;
  split: Split;
  /** The evaluation, complete; its files are not read yet. */
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
    // What an earlier version of the evaluation wrote has all that a comparison needs.
    for (const { version } of [work, latest ?? work]) {
      const artifact = await Artifact.find(store, { ...work, version });
      if (artifact) return { run, split, artifact };
    }
    const changes = latest && latestSplit === split
      ? explainChange(latest, work)
      : [];
    reason = changes.length > 0
      ? `its stage evaluation is stale, ${changes.join("; ")}`
      : `its current head is not evaluated on split "${split}"`;
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
  return { name, table, settings: { ...namePlaces(config) } };
}

/** Rows of the photos that are shown, in rising order, each once. */
function shownRecords(comparison: Comparison): number[] {
  const records = comparison.pairs.flatMap(({ changed }) =>
    CHANGE_KINDS.flatMap((kind) =>
      changed[kind].photos.slice(0, SHOWN_PHOTOS).map(({ record }) => record)
    )
  );
  return [...new Set(records)].sort((a, b) => a - b);
}

/** Makes thumbnails of photos from the tensors of a run. */
async function readAll(
  run: Run,
  rows: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const tensors = await run.find(TENSORS);
  const index = await run.find(DATASET_INDEX);
  if (tensors === undefined || index === undefined) {
    const { name } = tensors ? DATASET_INDEX : TENSORS;
    const work = run.parts.file.works[name]!;
    const files = await StageFiles.open(run.parts.store, work);
    await files.requireManifest();
    return new Map();
  }
  const records = await index.readRecords();
  return await readThumbnails(rows, { tensors, records }, run.parts.signal);
}

/**
 * Makes the thumbnails of a comparison from the tensors of the first run.
 *
 * The numbers are worth knowing even where the tensors are gone or damaged: then a
 * warning says so, and there are no thumbnails.
 *
 * @returns JPEGs by row in the dataset index; none if the tensors or the index cannot be read.
 */
export async function comparedThumbnails(
  run: Run,
  comparison: Comparison,
): Promise<Thumbnails> {
  const { parts } = run;
  const side = thumbnailSide(parts.preprocessing.geometry.imageSize);
  const none = { thumbnails: new Map(), thumbnailSide: side };
  const rows = shownRecords(comparison);
  if (rows.length === 0) return none;
  try {
    return { ...none, thumbnails: await readAll(run, rows) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const message =
      `the page has no pictures: ${error.message}; run the task prepare for run "${run.name}" with --verify to make them again`;
    parts.emit({ type: "warning", stage: TENSORS.name, message });
    return none;
  }
}
