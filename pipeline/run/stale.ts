/**
 * Which stages of a run are stale, and why; and runs that must be
 * trained.
 */

import { explainChange, type Work } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { splitOf } from "../dataset/split.ts";
import { MissingArtifactError } from "../errors.ts";
import { planStage, runFacts } from "./plan.ts";
import type { Run } from "./run.ts";
import { runPath } from "./run_file.ts";
import { EMBEDDINGS } from "../stages/embeddings.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { HEAD } from "../stages/head.ts";
import {
  definitionOf,
  isWanted,
  listInputs,
  type Planned,
  type Stage,
} from "../stages/stage.ts";
import { TENSORS } from "../stages/tensors.ts";

/** Opens the inputs of a stage as the run recorded them; `undefined` where one was never run. */
async function recordedInputs(
  { parts }: Run,
  stage: Stage,
): Promise<Record<string, Planned | undefined> | undefined> {
  const { store, file } = parts;
  const inputs: Record<string, Planned | undefined> = {};
  for (const { name, input, isOptional } of listInputs(stage)) {
    if (!isWanted(input, runFacts(parts))) continue;
    const work = file.works[input.name];
    if (work === undefined && !isOptional) return undefined;
    const files = work && await StageFiles.open(store, work);
    const manifest = await files?.manifest().catch(() => undefined);
    inputs[name] = files && { files, manifest };
  }
  return inputs;
}

/**
 * Plans the work of a stage, given what the run recorded of the
 * stages it reads. Nothing is fetched.
 *
 * @returns The work, or `undefined` if a stage that it reads was never run, or is not complete and must be.
 * @throws What the stage throws, if it cannot be planned.
 */
export async function planRecorded(
  run: Run,
  stage: Stage,
): Promise<Work | undefined> {
  const inputs = await recordedInputs(run, stage);
  if (inputs === undefined) return undefined;
  const { parts } = run;
  const split = parts.split ??
    splitOf(parts.file.works[EVALUATION.name]?.config);
  try {
    const { work } = await planStage(stage, {
      parts: { ...parts, split },
      inputs,
      // A preset that was never fetched counts as changed.
      backboneDigest: () => Promise.resolve(parts.backbone.digest ?? ""),
    });
    return work;
  } catch (error) {
    if (error instanceof MissingArtifactError) return undefined;
    throw error;
  }
}

/** Explains why a stage no longer fits. */
async function explainStale(run: Run, stage: Stage): Promise<string[]> {
  const before = run.parts.file.works[stage.name];
  if (before === undefined) return [];
  try {
    const now = await planRecorded(run, stage);
    const { explain = explainChange } = definitionOf(stage);
    return now ? explain(before, now) : [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * Finds the stages that no longer fit the settings or their inputs, and why.
 *
 * @returns Reasons by name of the stage, a line each; a stage that fits is not in it.
 */
export async function findStale(
  run: Run,
  stages: readonly Stage[],
): Promise<Map<string, string[]>> {
  const stale = new Map<string, string[]>();
  for (const stage of stages) {
    const changes = await explainStale(run, stage);
    if (changes.length > 0) stale.set(stage.name, changes);
  }
  return stale;
}

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
