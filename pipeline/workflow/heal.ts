/**
 * Healing: a damaged artifact is named, removed, and made again.
 *
 * @module
 */

import { STAGES } from "../artifact/fingerprint.ts";
import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../errors.ts";
import type { StageContext } from "../stages/context.ts";

/** Path of the artifact that an error is about, and the stage that writes it. */
function damagedArtifact(error: unknown) {
  const isDamage = error instanceof DigestMismatchError ||
    error instanceof FormatError || error instanceof MissingArtifactError;
  if (!isDamage) return undefined;
  const { path, message } = error;
  const stage = STAGES.find((name) => path.startsWith(`artifacts/${name}-`));
  return stage && { stage, path, reason: message };
}

/**
 * Runs a chain of stages; when one finds an artifact damaged, removes that file
 * and runs the chain again, in which only what is missing is made.
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
      await context.store.remove(damage.path);
    }
  }
}
