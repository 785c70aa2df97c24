/**
 * Keeping the shards of a stage that was interrupted.
 *
 * @module
 */

import type { SafetensorsFile } from "../artifact/safetensors.ts";
import { decodeSealed } from "../artifact/shard.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { DigestMismatchError, FormatError } from "../errors.ts";
import type { ShardContext } from "./events.ts";

/** A shard that was there already. */
export interface KeptShard extends SafetensorsFile {
  bytes: Uint8Array;
}

/** Compares the metadata a shard must have with what it has. */
function findMismatch(
  expected: Record<string, string>,
  actual: Record<string, string>,
): string | undefined {
  const key = Object.keys(expected).find((k) => actual[k] !== expected[k]);
  return key === undefined
    ? undefined
    : `${key} in its header is "${actual[key]}", not "${expected[key]}"`;
}

/**
 * Returns a shard if it is there, whole, and of this work; removes one that is
 * damaged.
 *
 * @returns The shard, or `undefined` if it has to be made.
 */
export async function keepShard(
  files: StageFiles,
  name: string,
  metadata: Record<string, string>,
  context: ShardContext,
): Promise<KeptShard | undefined> {
  const bytes = await files.read(name);
  if (bytes === undefined) return undefined;
  const path = files.path(name);
  let reason: string | undefined;
  try {
    const file = await decodeSealed(bytes, path);
    reason = findMismatch(metadata, file.metadata);
    if (reason === undefined) return { ...file, bytes };
  } catch (error) {
    if (
      !(error instanceof FormatError || error instanceof DigestMismatchError)
    ) throw error;
    reason = error.message;
  }
  const { stage } = files.work;
  context.emit({ type: "damaged", stage, path, reason });
  await files.remove(name);
  return undefined;
}
