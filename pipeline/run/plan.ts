/** Planning a stage: what decides its bytes, before anything is computed. */

import project from "../../deno.json" with { type: "json" };
import { fingerprint, type Work } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Store } from "../artifact/store.ts";
import { MissingArtifactError } from "../errors.ts";
import { photosOf } from "./photos.ts";
import type { RunParts } from "./events.ts";
import { runPath } from "./run_file.ts";
import type { RunFile } from "./run_format.ts";
import type { Photos, RunFacts } from "../stages/outside.ts";
import {
  definitionOf,
  type Planned,
  type Stage,
  type WorkConfig,
} from "../stages/stage.ts";
import { inStageOrder } from "../stages/stages.ts";

/** The stages that a stage reads, named but perhaps not complete. */
export type PlannedInputs = Readonly<Record<string, Planned | undefined>>;

/** The work of a stage. */
export interface Plan {
  work: Work;
  /** The settings that decide its bytes, as the stage returned them. */
  config: WorkConfig;
  photos: Photos;
}

/** Lists the facts of a run that stages may read. */
export function runFacts(parts: RunParts): RunFacts {
  const { file, preprocessing, backbone } = parts;
  const { name, config, times } = file;
  const versions = listVersions();
  const facts = { name, config, preprocessing, backbone, versions };
  return { ...facts, times: inStageOrder(times ?? {}) };
}

/**
 * Plans the work of a stage.
 *
 * @throws What the stage throws, if it cannot be planned.
 */
export async function planStage(
  stage: Stage,
  options: {
    parts: RunParts;
    inputs: PlannedInputs;
    backboneDigest: () => Promise<string>;
  },
): Promise<Plan> {
  const { parts, inputs, backboneDigest } = options;
  const photos = photosOf(parts.file.config, parts);
  // First, as the digest of a preset is known once it is fetched.
  const facts = { split: parts.split, inputs, photos, backboneDigest };
  const definition = definitionOf(stage);
  const digests = await definition.digests?.({
    ...facts,
    run: runFacts(parts),
  });
  const config = await definition.config({ ...facts, run: runFacts(parts) });
  const fingerprints = Object.entries(inputs).flatMap(([name, input]) =>
    input ? [[name, input.files.fingerprint] as const] : []
  );
  const work = {
    stage: stage.name,
    version: stage.version,
    config,
    inputs: digests ?? Object.fromEntries(fingerprints),
  };
  return { work, config, photos };
}

/**
 * Refuses to make a stage whose photos are not those that were indexed last.
 *
 * @param wanted The work of the stage, with the photos as they are now.
 * @throws {MissingArtifactError} If none were indexed, or they have changed.
 */
export async function requireRecorded(
  run: RunFile,
  wanted: Work,
  store: Store,
): Promise<void> {
  const { stage } = wanted;
  const recorded = run.works[stage];
  const use = `Cannot use run "${run.name}" as its`;
  if (recorded === undefined) {
    throw new MissingArtifactError(
      `${use} photos are not indexed: run the task prepare first`,
      { stage, path: runPath(run.name) },
    );
  }
  const files = await StageFiles.open(store, recorded);
  if (await fingerprint(wanted) !== files.fingerprint) {
    throw new MissingArtifactError(
      `${use} dataset index is not there and the photos have changed since: run the task prepare`,
      { stage, path: files.path(MANIFEST) },
    );
  }
}

/** The packages that decide numbers and pixels. */
const PACKAGES = [
  "@tensorflow/tfjs",
  "onnxruntime-node",
  "@cornerstonejs/codec-libjpeg-turbo-8bit",
  "imagescript",
] as const;

export function listVersions(): Record<string, string> {
  const versions = PACKAGES.map((name) => {
    const pinned = project.imports[name];
    return [name, pinned.slice(pinned.lastIndexOf("@") + 1)] as const;
  });
  return {
    headstart: project.version,
    deno: Deno.version.deno,
    ...Object.fromEntries(versions),
  };
}
