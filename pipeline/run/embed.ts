/** The first half of the second task: tensors to embeddings. */

import { EMBEDDINGS } from "../stages/embeddings.ts";
import { TENSORS } from "../stages/tensors.ts";
import { choosePrecision } from "./choose_precision.ts";
import { resumeRun, type RunOptions } from "./open_run.ts";
import type { Workspace } from "./workspace.ts";

/** Result of {@linkcode embed}. */
export interface EmbedResult {
  /** Name of the run. */
  run: string;
  /** Images that ran through the backbone. */
  embedded: number;
  /** Images whose embeddings were computed earlier. */
  reused: number;
  /** Directory of the embeddings, relative to the work directory. */
  directory: string;
}

/**
 * Embeds the tensors of a prepared run, as `train` does before it trains.
 *
 * @throws {MissingArtifactError} If the run was not prepared.
 * @throws {BackendUnavailableError} If the engine is not available or stops working.
 */
export async function embed(
  workspace: Workspace,
  options: Omit<RunOptions, "split"> = {},
): Promise<EmbedResult> {
  const opening = { ...options, keepsWeights: true };
  const asked = await resumeRun(workspace, opening);
  const run = await choosePrecision(asked, workspace, options);
  await run.complete(TENSORS);
  const { manifest, tally, files } = await run.complete(EMBEDDINGS);
  const { train = 0, validation = 0, test = 0 } = manifest.counts;
  const embedded = tally?.embedded ?? 0;
  return {
    run: run.name,
    embedded,
    reused: train + validation + test - embedded,
    directory: files.directory,
  };
}
