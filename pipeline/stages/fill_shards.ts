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
}

/**
 * Makes the shards that are missing.
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
  context.emit({ type: "start", stage, done: 0, total, unit: "images" });
  const filled: FilledShard[] = [];
  let before = 0;
  for (const job of jobs) {
    context.signal.throwIfAborted();
    const progress = (done: number) =>
      context.emit({ type: "progress", stage, done: before + done, total });
    filled.push(await fillShard(files, job, { context, progress }));
    progress(job.images);
    before += job.images;
  }
  return filled;
}

/** Keeps one shard or makes it. */
async function fillShard(
  files: StageFiles,
  job: ShardJob,
  options: { context: StageContext; progress: (done: number) => void },
): Promise<FilledShard> {
  const { fingerprint, work: { stage } } = files;
  const identity = { stage, fingerprint, shard: job.path };
  const kept = await keepShard(files, job.path, identity, options.context);
  if (kept) {
    const { bytes, metadata, tensors } = kept;
    const records = toInt32(tensors.get("record")!, "record");
    const entry = await describeFile(job.path, bytes, records.length);
    return { entry, records, metadata };
  }
  const content = await job.make(options.progress);
  const metadata = { ...content.metadata, ...identity };
  const bytes = await encodeSealed(content.tensors, metadata);
  await files.write(job.path, bytes);
  const records = toInt32(content.tensors.record!, "record");
  const entry = await describeFile(job.path, bytes, records.length);
  return { entry, records, metadata };
}
