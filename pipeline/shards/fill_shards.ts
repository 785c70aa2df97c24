/**
 * Filling a stage with shards: whole ones are kept, the
 * others are made in order, each while the one before is written.
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import { describeFile, type ManifestFile } from "../artifact/manifest.ts";
import type { SafetensorsFile, Tensor } from "../artifact/safetensors.ts";
import {
  decodeSealed,
  type SealTensors,
  sealTensors,
} from "../artifact/shard.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import { toInt32 } from "../artifact/tensor.ts";
import { DigestMismatchError, FormatError } from "../errors.ts";
import type { StageContext } from "./events.ts";

/** Context of making shards; its signal stops after the current shard. */
export interface ShardContext extends Pick<StageContext, "signal" | "emit"> {
  /** Makes files of what they hold. @default {sealTensors} */
  seal?: SealTensors | undefined;
}

/** Content of a shard; it is given away, and freed when it is written. */
export interface ShardContent {
  /** Tensors by name; `record` I32 `[n]` must be among them. */
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
}

/** A shard that is wanted. */
export interface ShardJob {
  path: string;
  /** Images that go into it. */
  images: number;
  /** Begins to read what it is made of, while the shard before it is made. */
  ahead?: () => void;
  /** Makes its content; reports the number of images done so far. What is not to be written is `undefined`, and the caller must not seal the stage. */
  make: (progress: (done: number) => void) => Promise<ShardContent | undefined>;
}

/** A shard that is there. */
export interface FilledShard {
  entry: ManifestFile;
  /** Rows of its samples in the dataset index. */
  records: Int32Array;
  metadata: Record<string, string>;
  /** Whether it was there before. */
  isKept: boolean;
}

/** Metadata that ties a shard to its stage and file name. */
function identify(files: StageFiles, shard: string): Record<string, string> {
  const { fingerprint, work: { stage } } = files;
  return { stage, fingerprint, shard };
}

/** Keeps a shard that is there and whole. */
async function keepIfWhole(
  files: StageFiles,
  job: ShardJob,
  context: ShardContext,
): Promise<FilledShard | undefined> {
  const identity = identify(files, job.path);
  const kept = await keepShard(files, job.path, identity, context);
  if (kept === undefined) return undefined;
  const { bytes, metadata, tensors } = kept;
  // A copy: a view would hold the bytes of the whole shard.
  const records = toInt32(tensors.get("record")!, "record").slice();
  const entry = await describeFile(job.path, bytes, records.length);
  freeBytes(bytes);
  return { entry, records, metadata, isKept: true };
}

async function writeShard(
  files: StageFiles,
  { path }: ShardJob,
  content: ShardContent,
  seal: SealTensors,
): Promise<FilledShard> {
  const metadata = { ...content.metadata, ...identify(files, path) };
  // A copy, as what was given away is freed.
  const records = toInt32(content.tensors.record!, "record").slice();
  const sealed = await seal(content.tensors, metadata);
  const written = await files.writeSealed(path, sealed);
  freeBytes(sealed.bytes);
  const entry = { ...written, rows: records.length };
  return { entry, records, metadata, isKept: false };
}

/**
 * Makes the missing shards; each is written while the next is made.
 *
 * Those that exist are checked first. Then the work starts a second time, so that the
 * rate and the time left are those of the missing shards.
 */
export async function fillShards(
  files: StageFiles,
  jobs: readonly ShardJob[],
  context: ShardContext,
): Promise<FilledShard[]> {
  const { stage } = files.work;
  const { seal = sealTensors } = context;
  const total = jobs.reduce((sum, { images }) => sum + images, 0);
  const start = { type: "start", stage, total, unit: "images" } as const;
  const tell = (done: number) =>
    context.emit({ type: "progress", stage, done, total });
  context.emit({ ...start, done: 0 });
  const filled: (FilledShard | undefined)[] = [];
  let done = 0;
  for (const job of jobs) {
    context.signal.throwIfAborted();
    const kept = await keepIfWhole(files, job, context);
    filled.push(kept);
    if (kept) tell(done += job.images);
  }
  if (done > 0 && done < total) context.emit({ ...start, done });
  const missing = [...jobs.entries()].filter(([i]) => !filled[i]);
  let writing: Promise<void> | undefined;
  try {
    for (const [position, [i, job]] of missing.entries()) {
      context.signal.throwIfAborted();
      const before = done;
      const made = job.make((part) => tell(before + part));
      missing[position + 1]?.[1].ahead?.();
      const content = await made;
      // One at a time, so that shards appear in order and only two are in memory.
      await writing;
      if (content) {
        writing = writeShard(files, job, content, seal).then((shard) => {
          filled[i] = shard;
        });
        // The rejection surfaces at the await above.
        writing.catch(() => {});
      }
      tell(done += job.images);
    }
    await writing;
  } finally {
    // A made shard is not lost when the next cannot be made, or must not.
    await Promise.allSettled([writing]);
  }
  return filled as FilledShard[];
}

/** A shard that was there already. */
interface KeptShard extends SafetensorsFile {
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
 * @returns The shard, or `undefined` if it must be made.
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
