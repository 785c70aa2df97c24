/**
 * Sessions: a run with its backbone, on its way through the stages.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import { MissingArtifactError } from "../errors.ts";
import {
  type Preprocessing,
  resolvePreprocessing,
} from "../image/preprocessing.ts";
import { indexDataset, planDatasetIndex } from "../stages/dataset_index.ts";
import { type DatasetIndex, readDatasetIndex } from "../stages/read_index.ts";
import type { StageResult } from "../stages/run_stage.ts";
import {
  planTensors,
  type TensorsResult,
  writeTensors,
} from "../stages/tensors.ts";
import { type BackboneFile, findBackbone } from "./backbone.ts";
import type { PipelineContext } from "./context.ts";
import { openPhotos } from "./photos.ts";
import { recordWork, type RunFile, runPath } from "./run_file.ts";

/** A run on its way through the stages. */
export interface Session extends PipelineContext {
  /** The run. */
  run: RunFile;
  /** Its backbone. */
  backbone: BackboneFile;
  /** What happens to a photo before the backbone sees it. */
  preprocessing: Preprocessing;
}

/** A dataset index that is complete. */
export interface Indexed {
  /** The stage. */
  index: StageResult;
  /** What is in it. */
  dataset: DatasetIndex;
}

/**
 * Starts a session: finds the backbone and completes the preprocessing.
 *
 * @param run The run.
 * @param context The work directory, the stop signal, the listener.
 * @returns The session.
 * @throws {ConfigError} If there is no such backbone.
 */
export async function openSession(
  run: RunFile,
  context: PipelineContext,
): Promise<Session> {
  const { config } = run;
  const backbone = await findBackbone(config.backbone);
  const preprocessing = resolvePreprocessing(
    config.preprocessing ?? backbone.profile,
    {
      imageSize: config.imageSize ?? backbone.imageSize,
      resize: config.resize ?? undefined,
      interpolation: config.interpolation ?? undefined,
      orientation: config.orientation,
    },
  );
  return { ...context, run, backbone, preprocessing };
}

/**
 * Records what a stage is about to do, and tells what changed since last time.
 *
 * @param session The run.
 * @param work The work of the stage.
 */
export async function announceWork(
  session: Session,
  work: Work,
): Promise<void> {
  const changes = await recordWork(session.store, session.run, work);
  const { stage } = work;
  if (changes.length > 0) session.emit({ type: "stale", stage, changes });
}

/**
 * Completes the dataset index, from the photos as they are now.
 *
 * @param session The run.
 * @returns The index.
 * @throws {DatasetError} If no classifier can be trained on the photos.
 */
export async function completeIndex(session: Session): Promise<Indexed> {
  const { data, validation, test, strict } = session.run.config;
  const source = await openPhotos(data);
  const options = { source, holdOut: { validation, test }, strict };
  const plan = await planDatasetIndex(options);
  await announceWork(session, plan.work);
  const index = await indexDataset(plan, options, session);
  return { index, dataset: await readDatasetIndex(index.files) };
}

/**
 * Opens the dataset index as `prepare` left it, whatever the photos are now.
 *
 * @param session The run.
 * @returns The index.
 * @throws {MissingArtifactError} If the run was not prepared.
 */
export async function requireIndex(session: Session): Promise<Indexed> {
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
  const index = { files, manifest, skipped: true };
  return { index, dataset: await readDatasetIndex(files) };
}

/**
 * Completes the tensors.
 *
 * @param session The run.
 * @param indexed The dataset index.
 * @returns The tensors.
 * @throws {DatasetError} If a photo is not what was indexed, or too few can be used.
 */
export async function completeTensors(
  session: Session,
  indexed: Indexed,
): Promise<TensorsResult> {
  const { run: { config }, preprocessing: { geometry } } = session;
  const { shardSize, strict } = config;
  const work = planTensors(indexed.index, { geometry, shardSize });
  await announceWork(session, work);
  const source: DatasetSource = await openPhotos(config.data);
  const { dataset } = indexed;
  const { store: photos, origin } = source;
  const options = { dataset, photos, geometry, strict, origin };
  return await writeTensors(work, options, session);
}
