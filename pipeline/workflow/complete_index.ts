/**
 * The dataset index of a run.
 *
 * @module
 */

import { fingerprint } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { strictError } from "../dataset/check_dataset.ts";
import { MissingArtifactError } from "../errors.ts";
import {
  type DatasetIndexOptions,
  indexDataset,
  planDatasetIndex,
} from "../stages/dataset_index.ts";
import { type DatasetIndex, openDatasetIndex } from "../stages/read_index.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { openPhotos } from "./photos.ts";
import { runPath } from "./run_file.ts";
import { completeWork, type Session } from "./session.ts";

/** A dataset index that is complete. */
export interface IndexResult extends StageResult {
  /** What is in it. */
  dataset: DatasetIndex;
}

/** What the index of a run is made from. */
async function indexOptions(session: Session): Promise<DatasetIndexOptions> {
  const { data, validation, test, strict } = session.run.config;
  const source = await openPhotos(data);
  return { source, holdOut: { validation, test }, strict };
}

/**
 * Completes the dataset index, from the photos as they are now.
 *
 * @param session The run.
 * @returns The complete stage.
 * @throws {DatasetError} If no classifier can be trained on the photos, or if `strict` and one cannot be used.
 */
export async function completeIndex(session: Session): Promise<IndexResult> {
  const options = await indexOptions(session);
  const plan = await planDatasetIndex(options);
  const index = await completeWork(
    session,
    plan.work,
    () => indexDataset(plan, options, session),
  );
  const dataset = await openDatasetIndex(index.files, index.manifest);
  // The index may have been completed by a run that was not strict.
  if (options.strict && index.manifest.counts.rejected) {
    for await (const rejection of dataset.streamRejected()) {
      throw strictError(rejection);
    }
  }
  return { ...index, dataset };
}

/**
 * Opens the dataset index as it was completed last; one that was damaged is made
 * again if the photos are still the same.
 *
 * @param session The run.
 * @returns The complete stage.
 * @throws {MissingArtifactError} If the index was never completed, or cannot be made again.
 */
export async function restoreIndex(session: Session): Promise<IndexResult> {
  const { store, run } = session;
  const recorded = run.works["dataset-index"];
  const files = recorded && await StageFiles.open(store, recorded);
  if (files === undefined || await files.manifest() !== undefined) {
    return await requireIndex(session);
  }
  const plan = await planDatasetIndex(await indexOptions(session));
  if (await fingerprint(plan.work) !== files.fingerprint) {
    throw new MissingArtifactError(
      `Cannot use run "${run.name}" as its dataset index is not there and the photos have changed since: run the task prepare`,
      { stage: "dataset-index", path: files.path(MANIFEST) },
    );
  }
  return await completeIndex(session);
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
  const dataset = await openDatasetIndex(files, manifest);
  return { files, manifest, skipped: true, dataset };
}
