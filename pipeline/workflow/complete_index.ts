/**
 * The dataset index of a run.
 *
 * @module
 */

import { StageFiles } from "../artifact/stage_files.ts";
import { strictError } from "../dataset/check_dataset.ts";
import { MissingArtifactError } from "../errors.ts";
import { indexDataset, planDatasetIndex } from "../stages/dataset_index.ts";
import { type DatasetIndex, readDatasetIndex } from "../stages/read_index.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { openPhotos } from "./photos.ts";
import { runPath } from "./run_file.ts";
import { announceWork, type Session } from "./session.ts";

/** A dataset index that is complete. */
export interface IndexResult extends StageResult {
  /** What is in it. */
  dataset: DatasetIndex;
}

/**
 * Completes the dataset index, from the photos as they are now.
 *
 * @param session The run.
 * @returns The complete stage.
 * @throws {DatasetError} If no classifier can be trained on the photos, or if `strict` and one cannot be used.
 */
export async function completeIndex(session: Session): Promise<IndexResult> {
  const { data, validation, test, strict } = session.run.config;
  const source = await openPhotos(data);
  const options = { source, holdOut: { validation, test }, strict };
  const plan = await planDatasetIndex(options);
  await announceWork(session, plan.work);
  const index = await indexDataset(plan, options, session);
  const dataset = await readDatasetIndex(index.files);
  // The index may have been completed by a run that was not strict.
  const [rejection] = dataset.rejected;
  if (strict && rejection) throw strictError(rejection);
  return { ...index, dataset };
}

/**
 * Opens the dataset index as it was completed last, whatever the photos are now.
 *
 * @param session The run.
 * @returns The complete stage.
 * @throws {MissingArtifactError} If the index was never completed.
 */
export async function requireIndex(session: Session): Promise<IndexResult> {
  const { store, run } = session;
  const work = run.works["dataset-index"];
  if (work === undefined) {
    throw new MissingArtifactError(
      `Cannot use run "${run.name}" as its photos are not indexed: run the task prepare first`,
      { stage: "dataset-index", path: runPath(run.name) },
    );
  }
  const files = await StageFiles.open(store, work);
  const manifest = await files.requireManifest();
  const dataset = await readDatasetIndex(files);
  return { files, manifest, skipped: true, dataset };
}
