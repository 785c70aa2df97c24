/**
 * What an export reads of a run: the head, its evaluation, and the photos that were
 * evaluated.
 */

import type { Backbone } from "../backbone/fold.ts";
import { PRESETS, presetWithDigest } from "../backbone/presets.ts";
import {
  readTrainedModel,
  type TrainedModel,
} from "../classify/trained_model.ts";
import type { Split } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { Run } from "../run/run.ts";
import { runPath } from "../run/run_file.ts";
import type { PixelSource } from "../shards/pixels.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";
import { EMBEDDINGS } from "../stages/embeddings.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import type { Opened, Stage } from "../stages/stage.ts";
import { TENSORS } from "../stages/tensors.ts";
import type { ExportedBackbone } from "./format.ts";

export interface EvaluatedRun {
  /** The head and all that belongs to it. */
  model: TrainedModel;
  /** The split that was evaluated. */
  split: Split;
  /** Its numbers. */
  metrics: Metrics;
  embeddings: EmbeddingSource;
  pixels: PixelSource;
}

/** Finds a stage of a run that must be complete, and the one that others read. */
async function requireStage<S extends Stage>(
  run: Run,
  stage: S,
  fingerprint?: string,
): Promise<Opened<S>> {
  const found = await run.find(stage);
  const isWanted = found !== undefined &&
    [undefined, found.files.fingerprint].includes(fingerprint);
  if (isWanted) return found;
  throw new MissingArtifactError(
    `Cannot export run "${run.name}" as its stage ${stage.name} is ${
      found ? "newer than its evaluation" : "not complete"
    }: run the task ${stage.task}, then eval`,
    { stage: stage.name, path: runPath(run.name) },
  );
}

/**
 * Reads a run that was evaluated.
 *
 * @returns The head, the evaluation, and where embeddings and pixels are.
 * @throws {MissingArtifactError} If the run is not trained and evaluated, or a stage before is newer than the evaluation.
 * @throws {DigestMismatchError} If a file has changed.
 */
export async function readEvaluatedRun(run: Run): Promise<EvaluatedRun> {
  const model = await readTrainedModel(run);
  if (model.metrics === undefined) {
    throw new MissingArtifactError(
      `Cannot export run "${run.name}" as its head is not evaluated: run the task eval first`,
      { stage: EVALUATION.name, path: runPath(run.name) },
    );
  }
  const evaluation = await requireStage(run, EVALUATION);
  const { inputs } = evaluation.files.work;
  const embedded = await requireStage(run, EMBEDDINGS, inputs.embeddings);
  const wanted = embedded.files.work.inputs.tensors;
  const tensors = await requireStage(run, TENSORS, wanted);
  const index = await requireStage(run, DATASET_INDEX);
  const records = await index.readRecords();
  const { split, metrics } = evaluation;
  const embeddings = (await embedded.loadSplit(split))!;
  const pixels = { tensors, records };
  return { model, split, metrics, embeddings, pixels };
}

/**
 * Describes the backbone of a run, without the path of its file.
 *
 * @returns The description; the licence is `unknown` unless the file is that of a preset.
 */
export function describeBackbone(
  { parts: { backbone: { name } } }: Run,
  { backboneDigest: digest, variant }: TrainedModel,
  { graph: { spec } }: Backbone,
): ExportedBackbone {
  const preset = Object.hasOwn(PRESETS, name) ? name : null;
  const known = preset === null ? presetWithDigest(digest) : PRESETS[preset];
  return {
    preset,
    network: spec.name,
    width: spec.width,
    variant,
    digest,
    licence: known?.licence ?? "unknown",
  };
}
