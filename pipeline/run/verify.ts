/**
 * Verifying a run: every artifact against its manifest and its header, and removing
 * what is damaged.
 */

import { MANIFEST } from "../artifact/manifest.ts";
import type { Store } from "../artifact/store.ts";
import { type FileFault, verifyStage } from "../artifact/verify_stage.ts";
import { STAGES } from "../stages/stages.ts";
import {
  type PipelineContext,
  pipelineContext,
  type PipelineOptions,
} from "./events.ts";
import { DEFAULT_RUN, requireRun } from "./open_run.ts";
import { changeRun, RUN } from "./record_work.ts";
import { findRunDamage } from "./run_file.ts";
import { removeDamaged } from "./run_stage.ts";
import type { Workspace } from "./workspace.ts";

/** Which run to verify, and what to do about damage. */
export interface VerifyOptions
  extends Pick<PipelineOptions, "signal" | "onEvent"> {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** Whether to remove damaged files, so that the next run makes just those again. @default {false} */
  repair?: boolean | undefined;
}

/** What {@linkcode verify} found. */
export interface VerifyResult {
  /** Name of the run. */
  run: string;
  /** Files that were read and are whole. */
  files: number;
  /** Their bytes. */
  bytes: number;
  /** Stages that the run began and that are not complete; their files are checked when they go on. */
  unfinished: string[];
  /** Files that are not as they were written, in the order of the stages. */
  faults: FileFault[];
  /** Paths of the files that were removed; manifests of the stages included. */
  removed: string[];
  /** Paths of the files of the run itself that were written again, from their copy. */
  restored: string[];
}

/** Removes a damaged file and the manifest that lists it, unless another task works on them. */
async function repair(
  store: Store,
  fault: FileFault,
  emit: PipelineContext["emit"],
): Promise<string[]> {
  const directory = fault.path.split("/").slice(0, 2).join("/");
  const name = directory.split("/")[1]!;
  await using lock = await store.tryLock(name);
  if (lock === undefined) {
    throw new Error(
      `Cannot repair "${directory}" as another task works on it, ${await store
        .lockHolder(name)}: verify again when it is done`,
    );
  }
  await removeDamaged({ store, emit }, fault);
  return [...new Set([`${directory}/${MANIFEST}`, fault.path])];
}

/**
 * Reads every artifact of a run, and compares it with its manifest and its header.
 *
 * With `repair`, damaged files and the manifests that list them are removed, so that
 * the next task makes just those files again; unknown files are never removed.
 *
 * @throws {MissingArtifactError} If there is no run of this name.
 * @throws {FormatError} If the run file is damaged.
 */
export async function verify(
  workspace: Workspace,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const { run: name = DEFAULT_RUN } = options;
  const context = pipelineContext(workspace.store, options);
  const { store, signal, emit } = context;
  const { works } = await requireRun(workspace, name);
  const result: VerifyResult = {
    run: name,
    files: 0,
    bytes: 0,
    unfinished: [],
    faults: [],
    removed: [],
    restored: [],
  };
  for (
    const { path, message, byteOffset } of await findRunDamage(store, name)
  ) {
    const end = (await store.stat(path))!.sizeBytes;
    const range = [byteOffset, Math.max(byteOffset + 1, end)] as const;
    const fault = { stage: RUN, path, kind: "damaged", range } as const;
    result.faults.push({ ...fault, reason: message });
  }
  for (const { name: stage } of STAGES) {
    const work = works[stage];
    if (work === undefined) continue;
    const report = await verifyStage(store, work, signal);
    if (!report.isSealed) result.unfinished.push(stage);
    result.files += report.files;
    result.bytes += report.bytes;
    result.faults.push(...report.faults);
  }
  if (!options.repair) return result;
  const removed = new Set<string>();
  for (const fault of result.faults) {
    if (fault.kind === "unknown") continue;
    if (fault.stage === RUN) {
      result.restored.push(fault.path);
      continue;
    }
    for (const path of await repair(store, fault, emit)) removed.add(path);
  }
  if (result.restored.length > 0) {
    await changeRun(context, name, (run) => run);
  }
  return { ...result, removed: [...removed] };
}
