/**
 * Healing: a damaged artifact is named, removed, and made again.
 *
 * @module
 */

import { STAGES } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import type { StageContext } from "../stages/context.ts";

/** An error that names the artifact that is not as it was written. */
type DamageError = DigestMismatchError | FormatError | MissingArtifactError;

/**
 * Says whether an error is about an artifact that is gone or has changed.
 *
 * @param error The error.
 * @returns Whether the task that writes it would help.
 */
export function isDamage(error: unknown): error is DamageError {
  return error instanceof DigestMismatchError ||
    error instanceof FormatError || error instanceof MissingArtifactError;
}

/** Path of the artifact that an error is about, its stage, and its directory. */
function damagedArtifact(error: unknown) {
  if (!isDamage(error)) return undefined;
  const { path, message: reason } = error;
  // Without a manifest the stage was not run, which is no damage.
  const isUnfinished = error instanceof MissingArtifactError &&
    path.endsWith(`/${MANIFEST}`);
  const stage = STAGES.find((name) => path.startsWith(`artifacts/${name}-`));
  if (stage === undefined || isUnfinished) return undefined;
  return { stage, path, reason };
}

/**
 * Runs a chain of stages; when one finds an artifact damaged, removes that file
 * and the manifest that lists it, and runs the chain again, in which only what is
 * missing is made.
 *
 * @param context The work directory and the listener.
 * @param chain Completes the stages, from the first that writes artifacts.
 * @returns What `chain` returns.
 * @throws What `chain` throws, if it is not damage, or if a file is damaged twice.
 */
export async function healing<T>(
  context: StageContext,
  chain: () => Promise<T>,
): Promise<T> {
  const healed = new Set<string>();
  while (true) {
    try {
      return await chain();
    } catch (error) {
      const damage = damagedArtifact(error);
      if (damage === undefined || healed.has(damage.path)) throw error;
      healed.add(damage.path);
      context.emit({ type: "damaged", ...damage });
      // The manifest goes first: where there is one, every file is whole.
      const directory = damage.path.split("/").slice(0, 2).join("/");
      await context.store.remove(`${directory}/${MANIFEST}`);
      await context.store.remove(damage.path);
    }
  }
}
