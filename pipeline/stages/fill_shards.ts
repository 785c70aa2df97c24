/**
 * Filling a stage with shards: those that are there and whole are kept, the
 * others are made, one at a time and in order.
 *
 * @module
 */

import type { ManifestFile } from "../artifact/manifest.ts";
import type { Tensor } from "../artifact/safetensors.ts";
import { encodeSealed } from "../artifact/shard.ts";
import { describeFile, type StageFiles } from "../artifact/stage_files.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { StageContext } from "./context.ts";
import { keepShard } from "./keep_shard.ts";

/** What goes into a shard. */
export interface ShardContent {
  /** Tensors by name; `record` I32 `[n]` must be among them. */
  tensors: Record<string, Tensor>;
  /** Free text for the header. */
  metadata: Record<string, string>;
}

/** A shard that is wanted. */
export interface ShardJob {
  /** Name of the file. */
  path: string;
  /** Images that go into it. */
  images: number;
  /** Makes its content; tells the number of images done so far. */
  make: (progress: (done: number) => void) => Promise<ShardContent>;
}

/** A shard that is there. */
export interface FilledShard {
  /** Its entry in the manifest. */
  entry: ManifestFile;
  /** Rows of its samples in the dataset index. */
  records: Int32Array;
  /** Free text of its header. */
  metadata: Record<string, string>;
  /** Whether it was there before. */
  isKept: boolean;
}

/** Who may say whether a shard belongs where it is. */
function identify(files: StageFiles, shard: string): Record<string, string> {
  const { fingerprint, work: { stage } } = files;
  return { stage, fingerprint, shard };
}

/** Keeps a shard that is there and whole. */
async function keep(
  files: StageFiles,
  job: ShardJob,
  context: StageContext,
): Promise<FilledShard | undefined> {
  const identity = identify(files, job.path);
  const kept = await keepShard(files, job.path, identity, context);
  if (kept === undefined) return undefined;
  const { bytes, metadata, tensors } = kept;
  const records = toInt32(tensors.get("record")!, "record");
  const entry = await describeFile(job.path, bytes, records.length);
  return { entry, records, metadata, isKept: true };
}

/** Makes a shard and writes it. */
async function make(
  files: StageFiles,
  job: ShardJob,
  progress: (done: number) => void,
): Promise<FilledShard> {
  const content = await job.make(progress);
  const metadata = { ...content.metadata, ...identify(files, job.path) };
  const bytes = await encodeSealed(content.tensors, metadata);
  await files.write(job.path, bytes);
  const records = toInt32(content.tensors.record!, "record");
  const entry = await describeFile(job.path, bytes, records.length);
  return { entry, records, metadata, isKept: false };
}

/**
 * Makes the shards that are missing.
 *
 * Those that are there are looked at first, so that the rate and the time left
 * are those of the work that remains: it starts a second time after them.
 *
 * @param files Files of the stage.
 * @param jobs The shards, in order.
 * @param context The stop signal, heeded between shards, and the listener.
 * @returns All shards, in order.
 */
export async function fillShards(
  files: StageFiles,
  jobs: readonly ShardJob[],
  context: StageContext,
): Promise<FilledShard[]> {
  const { stage } = files.work;
  const total = jobs.reduce((sum, { images }) => sum + images, 0);
  const start = { type: "start", stage, total, unit: "images" } as const;
  const tell = (done: number) =>
    context.emit({ type: "progress", stage, done, total });
  context.emit({ ...start, done: 0 });
  const filled: (FilledShard | undefined)[] = [];
  let done = 0;
  for (const job of jobs) {
    context.signal.throwIfAborted();
    const kept = await keep(files, job, context);
    filled.push(kept);
    if (kept) tell(done += job.images);
  }
  if (done > 0 && done < total) context.emit({ ...start, done });
  for (const [i, job] of jobs.entries()) {
    if (filled[i]) continue;
    context.signal.throwIfAborted();
    filled[i] = await make(files, job, (part) => tell(done + part));
    tell(done += job.images);
  }
  return filled as FilledShard[];
}
