/**
 * Runs whose head must be trained already.
 *
 * @module
 */

import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { MissingArtifactError } from "../errors.ts";
import { EMBEDDINGS } from "../stages/embeddings.ts";
import { HEAD } from "../stages/head.ts";
import { TENSORS } from "../stages/tensors.ts";
import type { Run } from "./run.ts";
import { runPath } from "./run_file.ts";
import { findStale } from "./stale.ts";

/**
 * Makes sure that the head of a run is trained to its end as the settings want it.
 *
 * @throws {MissingArtifactError} If it is not.
 */
export async function requireTrained(
  run: Run,
  verb: "evaluate" | "compare",
): Promise<void> {
  const { parts: { store, file: { works } }, name } = run;
  const refuse = (found: string) => {
    throw new MissingArtifactError(
      `Cannot ${verb} run "${name}" as ${found}: run the task train first`,
      { stage: HEAD.name, path: runPath(name) },
    );
  };
  const work = works[HEAD.name];
  const files = work && await StageFiles.open(store, work);
  if (!files || await files.read(MANIFEST) === undefined) {
    return refuse("its head is not trained to the end");
  }
  const stale = await findStale(run, [TENSORS, EMBEDDINGS, HEAD]);
  for (const [stage, changes] of stale) {
    refuse(`its stage ${stage} is stale, ${changes.join("; ")}`);
  }
}
