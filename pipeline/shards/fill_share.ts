/**
 * Filling a stage whose shards several tasks make together: each its part, and the
 * last, which seals the stage, none.
 */

import type { StageFiles } from "../artifact/stage_files.ts";
import { MissingShardsError } from "../errors.ts";
import type { StageContext } from "./events.ts";
import {
  type FilledShard,
  fillShards,
  type ShardContext,
  type ShardJob,
} from "./fill_shards.ts";
import { formatPart, isOfPart } from "./part.ts";

/** Names the shards that are not there, and their parts. */
function missingShards(
  stage: string,
  files: StageFiles,
  paths: readonly (readonly [position: number, path: string])[],
  count: number | undefined,
): MissingShardsError {
  const missing = paths.map(([position, path]) => ({
    path: files.path(path),
    part: count === undefined
      ? null
      : formatPart({ index: position % count, count }),
  }));
  return new MissingShardsError(stage, missing);
}

/**
 * Fills the shards of a stage that this task is to make: all, those of its part, or
 * none where it seals the stage.
 *
 * Parts need no lock: whatever task makes a shard writes the same bytes, complete or
 * not at all, and a shard of other work is in another folder.
 *
 * @param files The folder of the shards: that of the stage, or another one of its own.
 * @param jobs All shards of the stage, in the order of its plan.
 * @returns All shards of the stage; `undefined` for a part, which must not complete it.
 * @throws {MissingShardsError} If the stage is to be sealed and shards are not there.
 */
export async function fillShare(
  files: StageFiles,
  jobs: readonly ShardJob[],
  job: Pick<StageContext, "share"> & ShardContext & { files: StageFiles },
): Promise<FilledShard[] | undefined> {
  const { share, emit, files: { work: { stage } } } = job;
  if (share === undefined) return await fillShards(files, jobs, job);
  if (share.kind === "part") {
    const { part } = share;
    const own = jobs.filter((_, i) => isOfPart(part, i));
    const [shards, of] = [own.length, jobs.length];
    emit({ type: "part", stage, part, shards, of });
    const filled = await fillShards(files, own, job);
    const made = filled.filter((shard) => shard?.isKept === false).length;
    share.filled({ shards, made });
    return undefined;
  }
  const none = jobs.map(({ path, images }): ShardJob => ({
    path,
    images,
    make: () => Promise.resolve(undefined),
  }));
  const filled = await fillShards(files, none, job);
  const missing = [...jobs.entries()].filter(([i]) => !filled[i])
    .map(([i, { path }]) => [i, path] as const);
  if (missing.length > 0) {
    throw missingShards(stage, files, missing, share.count);
  }
  return filled;
}
