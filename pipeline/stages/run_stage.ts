/**
 * The protocol that every stage follows: complete means done, damaged means
 * made again, the manifest comes last.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import {
  MANIFEST,
  type Manifest,
  type ManifestFile,
} from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import { FormatError } from "../errors.ts";
import type { StageContext } from "./context.ts";

/** A stage that is complete. */
export interface StageResult {
  /** Its files. */
  files: StageFiles;
  /** Its manifest. */
  manifest: Manifest;
  /** Whether it was complete before. */
  skipped: boolean;
}

/** What a stage has made, for the manifest. */
export interface Made {
  /** The files, in the order they were planned. */
  files: ManifestFile[];
  /** Totals for later stages and people. */
  counts: Record<string, number>;
}

/** Reads the manifest; one that is no manifest counts as damaged, and as none. */
async function readManifest(
  files: StageFiles,
  context: StageContext,
): Promise<Manifest | undefined> {
  try {
    return await files.manifest();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { stage } = files.work;
    const { path, message: reason } = error;
    context.emit({ type: "damaged", stage, path, reason });
    await files.remove(MANIFEST);
    return undefined;
  }
}

/**
 * Completes a stage: at once if it is complete, otherwise by `make`.
 *
 * Files that are missing or whose size or header is wrong are removed together
 * with the manifest, so that `make` finds an unfinished stage and fills the gap.
 *
 * @param work Everything that decides the bytes of the stage.
 * @param context The work directory, the stop signal, the listener.
 * @param make Writes what is missing and describes every file.
 * @returns The complete stage.
 */
export async function runStage(
  work: Work,
  context: StageContext,
  make: (files: StageFiles) => Promise<Made>,
): Promise<StageResult> {
  const { stage } = work;
  const files = await StageFiles.open(context.store, work);
  const { directory } = files;
  const done = await readManifest(files, context);
  if (done !== undefined) {
    const damage = await files.check(done, { everyByte: false });
    if (damage.length === 0) {
      context.emit({ type: "complete", stage, directory, skipped: true });
      return { files, manifest: done, skipped: true };
    }
    await files.remove(MANIFEST);
    for (const { path, reason } of damage) {
      context.emit({ type: "damaged", stage, path, reason });
      await context.store.remove(path);
    }
  }
  context.signal.throwIfAborted();
  const made = await make(files);
  const manifest = await files.seal(made.files, made.counts);
  context.emit({ type: "complete", stage, directory, skipped: false });
  return { files, manifest, skipped: false };
}
