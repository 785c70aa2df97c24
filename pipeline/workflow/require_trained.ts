/**
 * Runs whose head must be trained already.
 *
 * @module
 */

import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { MissingArtifactError } from "../errors.ts";
import { runPath } from "./run_file.ts";
import type { Session } from "./session.ts";
import { findStale } from "./stale.ts";

/**
 * Makes sure that the head of a run is trained to its end as the settings want it.
 *
 * @param session The run.
 * @param verb What is to be done with the run, for errors.
 * @throws {MissingArtifactError} If it is not.
 */
export async function requireTrained(
  session: Session,
  verb: "evaluate" | "compare",
): Promise<void> {
  const { store, run } = session;
  const refuse = (found: string) => {
    throw new MissingArtifactError(
      `Cannot ${verb} run "${run.name}" as ${found}: run the task train first`,
      { stage: "head", path: runPath(run.name) },
    );
  };
  const work = run.works.head;
  const files = work && await StageFiles.open(store, work);
  if (!files || await files.read(MANIFEST) === undefined) {
    return refuse("its head is not trained to the end");
  }
  const stale = await findStale(session, { photos: false });
  for (const stage of ["tensors", "embeddings", "head"] as const) {
    const changes = stale.get(stage);
    if (changes) refuse(`its stage ${stage} is stale, ${changes.join("; ")}`);
  }
}
