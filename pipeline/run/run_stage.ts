/**
 * The protocol of every stage: one that is complete is not made again, a damaged file
 * is removed and made again, and the manifest is written last.
 */

import { Artifact } from "../artifact/artifact.ts";
import type { Work } from "../artifact/fingerprint.ts";
import { MANIFEST, type Manifest } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Lock } from "../artifact/store.ts";
import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import type { StageContext } from "../shards/events.ts";
import type { Made } from "../stages/stage.ts";

/** Reads the manifest; a damaged one is reported and removed. */
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

/** Time between two looks at a lock that another task has, in milliseconds: the first, and the longest. */
const [FIRST_POLL_MS, LONGEST_POLL_MS] = [200, 2000];

/** Takes the lock of a stage's directory; waits while another task makes the stage. */
async function lockStage(
  files: StageFiles,
  context: StageContext,
): Promise<Lock> {
  const { directory, work: { stage } } = files;
  const name = directory.split("/").at(-1)!;
  for (let pause = FIRST_POLL_MS;; pause *= 1.5) {
    const lock = await context.store.tryLock(name);
    if (lock) return lock;
    if (pause === FIRST_POLL_MS) {
      const holder = await context.store.lockHolder(name);
      if (context.waits === false) {
        throw new Error(
          `Cannot make "${directory}" as another task is making it: ${holder}`,
        );
      }
      const message =
        `another task is making "${directory}": waiting for ${holder}`;
      context.emit({ type: "warning", stage, message });
    }
    const ms = Math.min(pause, LONGEST_POLL_MS);
    await new Promise((resolve) => setTimeout(resolve, ms));
    context.signal.throwIfAborted();
  }
}

/** Returns the manifest of a stage that is complete and whole; removes what is damaged, and the manifest with it. */
async function keepComplete(
  files: StageFiles,
  context: StageContext,
): Promise<Manifest | undefined> {
  const { stage } = files.work;
  const manifest = await readManifest(files, context);
  if (manifest === undefined) return undefined;
  const { verify: everyByte = false } = context;
  const damage = await files.check(manifest, { everyByte });
  if (damage.length === 0) return manifest;
  await files.remove(MANIFEST);
  for (const { path, reason } of damage) {
    context.emit({ type: "damaged", stage, path, reason });
    await context.store.remove(path);
  }
  return undefined;
}

/**
 * Returns the manifest of a stage that is complete and whole; touches nothing.
 *
 * @returns The manifest, or `undefined` if there is something to make.
 */
export async function findComplete(
  files: StageFiles,
  context: StageContext,
): Promise<Manifest | undefined> {
  const manifest = await files.manifest().catch(() => undefined);
  if (manifest === undefined) return undefined;
  const { verify: everyByte = false } = context;
  const damage = await files.check(manifest, { everyByte });
  return damage.length === 0 ? manifest : undefined;
}

/**
 * Completes a stage: at once if it is complete, otherwise by `make`.
 *
 * Files that are missing or whose size or header is wrong are removed together
 * with the manifest, so that `make` finds an unfinished stage and fills the gap.
 * One task at a time makes a stage: another one waits, and finds it complete. Parts
 * take no lock, remove nothing of others and leave the manifest to the task that seals.
 *
 * @returns The stage; `undefined` if this task has made its part of it.
 */
export async function runStage<M extends Made | undefined>(
  work: Work,
  context: StageContext,
  make: (files: StageFiles) => Promise<M>,
): Promise<Artifact | Extract<M, undefined>> {
  const { stage } = work;
  const files = await StageFiles.open(context.store, work);
  const { directory } = files;
  const skip = (manifest: Manifest) => {
    context.emit({ type: "complete", stage, directory, skipped: true });
    return new Artifact(files, manifest);
  };
  const before = await findComplete(files, context);
  if (before) return skip(before);
  if (context.share?.kind === "part") {
    context.signal.throwIfAborted();
    await make(files);
    return undefined as Extract<M, undefined>;
  }
  await using _lock = await lockStage(files, context);
  const done = await keepComplete(files, context);
  if (done) return skip(done);
  context.signal.throwIfAborted();
  const made = await make(files);
  if (made === undefined) return made as Extract<M, undefined>;
  const manifest = await files.seal(made.files, made.counts);
  for (const path of made.superfluous ?? []) await context.store.remove(path);
  context.emit({ type: "complete", stage, directory, skipped: false });
  return new Artifact(files, manifest, made.tally ?? {});
}

/** An error that names a damaged artifact. */
type DamageError = DigestMismatchError | FormatError | MissingArtifactError;

/** Returns whether an error reports an artifact that is gone or has changed. */
export function isDamage(error: unknown): error is DamageError {
  return error instanceof DigestMismatchError ||
    error instanceof FormatError || error instanceof MissingArtifactError;
}

/** An artifact that an error reports. */
interface DamagedArtifact {
  /** The stage that writes it. */
  stage: string;
  /** Its path, relative to the work directory. */
  path: string;
  reason: string;
}

/** Path of an artifact: the name of its stage, the fingerprint, the file. */
const ARTIFACT = /^artifacts\/([a-z-]+)-[0-9a-f]{16}\//;

/**
 * Finds the damaged artifact that an error reports.
 *
 * @returns The artifact, or `undefined` if the error reports none.
 */
export function findDamaged(error: unknown): DamagedArtifact | undefined {
  if (!isDamage(error)) return undefined;
  const { path, message: reason } = error;
  // Without a manifest the stage was not run, which is no damage.
  const isUnfinished = error instanceof MissingArtifactError &&
    path.endsWith(`/${MANIFEST}`);
  const stage = ARTIFACT.exec(path)?.[1];
  if (stage === undefined || isUnfinished) return undefined;
  return { stage, path, reason };
}

/**
 * Removes a damaged artifact and the manifest that lists it, so that only the
 * missing file is made again.
 */
export async function removeDamaged(
  context: Pick<StageContext, "store" | "emit">,
  damage: DamagedArtifact,
): Promise<void> {
  const { path } = damage;
  context.emit({ type: "damaged", ...damage });
  // The manifest is removed first: a manifest promises that every file is whole.
  const directory = path.split("/").slice(0, 2).join("/");
  await context.store.remove(`${directory}/${MANIFEST}`);
  await context.store.remove(path);
}
