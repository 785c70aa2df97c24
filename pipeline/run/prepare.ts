/** The first task: photos to tensor shards. */

import { DATASET_INDEX } from "../stages/dataset_index.ts";
import { TENSORS } from "../stages/tensors.ts";
import { openRun, type RunOptions } from "./open_run.ts";
import type { Workspace } from "./workspace.ts";

/** Result of {@linkcode prepare}. */
export interface PrepareResult {
  /** Name of the run. */
  run: string;
  /** Images in the tensor shards. */
  images: number;
  /** Images that cannot be used. */
  rejected: number;
  /** Images whose EXIF orientation is not upright; 0 in an index of version 0.1.0. */
  turned: number;
  /** Whether those were turned upright. */
  orientation: "apply" | "ignore";
  /** Number of classes. */
  classes: number;
  /** Number of tensor shards. */
  shards: number;
  /** Images whose tensors were made earlier. */
  reused: number;
  /** Images by split. */
  splits: { train: number; validation: number; test: number };
  /** Directory of the tensors, relative to the work directory. */
  directory: string;
  /** Absolute path of the photos; `null` for the embedded ones. */
  data: string | null;
}

/**
 * Indexes the photos and writes tensor shards.
 *
 * Safe to interrupt at any point, and cheap to repeat: files that are
 * whole are kept. The settings are written to `run.json` first, so that a task that
 * was killed is resumed without repeating them.
 *
 * @throws {ConfigError} If settings contradict each other, or there is no such backbone.
 * @throws {DatasetError} If no classifier can be trained on the photos.
 */
export async function prepare(
  workspace: Workspace,
  options: Omit<RunOptions, "split"> = {},
): Promise<PrepareResult> {
  const run = await openRun(workspace, options);
  // Both in one call, as the second has the threads of the first.
  const { manifest, shards, tally, files } = await run.complete(TENSORS);
  const index = (await run.find(DATASET_INDEX))!;
  const { counts } = manifest;
  const { train = 0, validation = 0, test = 0 } = counts;
  const images = train + validation + test;
  return {
    run: run.name,
    images,
    rejected: counts.rejected ?? 0,
    turned: index.manifest.counts.turned ?? 0,
    orientation: run.config.orientation,
    classes: counts.classes ?? 0,
    shards: shards.length,
    reused: tally?.reused ?? images,
    splits: { train, validation, test },
    directory: files.directory,
    data: run.config.data,
  };
}
