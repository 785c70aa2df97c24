/**
 * The weights of the backbone of a run.
 *
 * @module
 */

import { DigestMismatchError } from "../errors.ts";
import { type BackboneFile, findBackbone } from "./backbone.ts";
import { fetchPreset, isFetched } from "./fetch_preset.ts";
import type { RunParts } from "./run_parts.ts";
import type { KnownBackbone } from "./run_file.ts";

/**
 * Returns what a run file keeps of a backbone.
 *
 * @returns What is known of it, or `undefined` for a preset that was never fetched.
 */
export function rememberBackbone(
  backbone: BackboneFile,
): KnownBackbone | undefined {
  const { name, digest, variant, profile } = backbone;
  return digest === null ? undefined : { name, digest, variant, profile };
}

/**
 * Makes sure that the weights of a run are there: those of a preset are
 * fetched, or held to what they were when they were used first.
 *
 * @param parts The run; what it knows of its backbone is completed.
 * @throws {ConfigError} If they are not there, and there is no cache to fetch them to.
 * @throws {DownloadError} If they cannot be fetched.
 * @throws {DigestMismatchError} If they are not those that the run has used before.
 */
export async function requireWeights(parts: RunParts): Promise<void> {
  const { name, digest } = parts.backbone;
  if (!isFetched(name)) return;
  const { path } = await fetchPreset(name, parts);
  parts.backbone = await findBackbone(name, { cache: parts.cache });
  const actual = parts.backbone.digest!;
  if (digest !== null && actual !== digest) {
    throw new DigestMismatchError(path, { expected: digest, actual });
  }
  parts.file.backbone = rememberBackbone(parts.backbone);
}

/**
 * Returns the digest of the backbone of a run; a preset that was never
 * fetched is.
 *
 * @param parts The run; what it knows of its backbone is completed.
 */
export async function requireDigest(parts: RunParts): Promise<string> {
  if (parts.backbone.digest === null) await requireWeights(parts);
  return parts.backbone.digest!;
}
