/**
 * Damaged artifacts: which one an error is about, and its removal.
 *
 * @module
 */

import { MANIFEST } from "../artifact/manifest.ts";
import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import type { StageContext } from "../shards/events.ts";

/** An error that names the artifact that is not as it was written. */
type DamageError = DigestMismatchError | FormatError | MissingArtifactError;

/** Says whether an error is about an artifact that is gone or has changed. */
export function isDamage(error: unknown): error is DamageError {
  return error instanceof DigestMismatchError ||
    error instanceof FormatError || error instanceof MissingArtifactError;
}

/** An artifact that an error is about. */
export interface DamagedArtifact {
  /** The stage that writes it. */
  stage: string;
  /** Its path, relative to the work directory. */
  path: string;
  reason: string;
}

/** Path of an artifact: the name of its stage, the fingerprint, the file. */
const ARTIFACT = /^artifacts\/([a-z-]+)-[0-9a-f]{16}\//;

/**
 * Finds the artifact that an error is about.
 *
 * @returns The artifact, or `undefined` if the error is not about a damaged one.
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
  // The manifest goes first: where there is one, every file is whole.
  const directory = path.split("/").slice(0, 2).join("/");
  await context.store.remove(`${directory}/${MANIFEST}`);
  await context.store.remove(path);
}
