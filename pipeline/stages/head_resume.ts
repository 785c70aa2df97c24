/**
 * Finds the checkpoint from which the training of a head can resume.
 *
 * A checkpoint cannot be used without the best weights that belong to it, so both
 * are read and must fit each other.
 */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import type { Work } from "../artifact/fingerprint.ts";
import { WORK_SCHEMA } from "../artifact/manifest.ts";
import { readHeader } from "../artifact/shard.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Store } from "../artifact/store.ts";
import { DigestMismatchError, FormatError } from "../errors.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeHead,
  HEAD_FILES,
} from "../head/checkpoint.ts";
import { bestEpoch } from "../head/history.ts";
import type { HeadShape } from "../head/model.ts";
import type { StageContext } from "../shards/events.ts";

/** Requirements of a resume point. */
interface ResumeOptions {
  shape: HeadShape;
  engine: string | undefined;
  epochs: number;
  context: StageContext;
}

/**
 * Writes work as text for the header of a checkpoint, so that another training can
 * tell whether the checkpoint fits it.
 */
export function encodeWork(work: Work): string {
  return canonicalJson(work as unknown as Json);
}

/** The part of the work that decides each step: without the number of epochs, unless the schedule needs it. */
function courseOf(work: Work): string {
  const { epochs, ...config } = work.config;
  const rest = config.schedule === "constant" ? config : { ...config, epochs };
  return canonicalJson({ ...work, config: rest } as Json);
}

/** Throws if a checkpoint is of other work, such as that of another seed. */
function requireCourse(
  { work }: Record<string, string>,
  files: StageFiles,
  path: string,
): void {
  const saved = WORK_SCHEMA.safeParse(JSON.parse(work ?? "null"));
  if (saved.success && courseOf(saved.data) === courseOf(files.work)) return;
  throw new FormatError(
    `Cannot use "${path}" as it must be of the same training: its work is another`,
    { path },
  );
}

/** A checkpoint with the best weights that belong to it. */
interface ResumePoint extends Checkpoint {
  /** Bytes of `best.safetensors`. */
  best: Uint8Array;
}

/** Reads the resume point in a directory; `undefined` where there is none. */
async function readPoint(
  files: StageFiles,
  options: ResumeOptions,
): Promise<ResumePoint | undefined> {
  const { shape, engine, epochs } = options;
  const bytes = await files.read(HEAD_FILES.checkpoint);
  const best = await files.read(HEAD_FILES.best);
  if (bytes === undefined || best === undefined) return undefined;
  const path = files.path(HEAD_FILES.checkpoint);
  const { metadata: saved, ...checkpoint } = await decodeCheckpoint(bytes, {
    shape,
    path,
  });
  requireCourse(saved, files, path);
  const { metadata } = await decodeHead(best, files.path(HEAD_FILES.best));
  const { history } = checkpoint;
  // Killed between the two, the best weights are those of a later epoch, which
  // the same engine finds again if it trains that far.
  const epoch = Number(metadata.epoch);
  const isLater = epoch > history.length && epoch <= epochs &&
    metadata.engine === engine;
  const isBest = metadata.epoch === String(bestEpoch(history));
  return isBest || isLater ? { ...checkpoint, best } : undefined;
}

/** Whether an error says that bytes are not what they should be. */
function isDamage(error: unknown): error is DigestMismatchError | FormatError {
  return error instanceof DigestMismatchError || error instanceof FormatError;
}

/** Reads the resume point of the stage itself; a damaged one is reported and removed. */
async function readOwn(
  files: StageFiles,
  options: ResumeOptions,
): Promise<ResumePoint | undefined> {
  const { context } = options;
  try {
    return await readPoint(files, options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const { path, message: reason } = error;
    context.emit({ type: "damaged", stage: "head", path, reason });
    await context.store.remove(path);
    return undefined;
  }
}

/** The header of a checkpoint. */
interface Course {
  work: Work;
  /** Epochs that it has trained. */
  epoch: number;
  /** The engine that can go on with it to the same bytes. */
  engine: string | undefined;
}

/**
 * Reads whose checkpoint a directory holds and how far it is, from the headers
 * alone; `undefined` where the best weights are missing, without which it is of
 * no use.
 */
async function readCourse(
  store: Store,
  directory: string,
): Promise<Course | undefined> {
  const read = async (name: string) =>
    (await readHeader(store, `${directory}/${name}`))?.metadata;
  const metadata = await read(HEAD_FILES.checkpoint);
  const best = await read(HEAD_FILES.best);
  const result = WORK_SCHEMA.safeParse(JSON.parse(metadata?.work ?? "null"));
  if (!result.success || !metadata || !best) return undefined;
  const epoch = Number(metadata.epoch);
  // Best weights of a later epoch are only of use to the engine that wrote them.
  const { engine } = Number(best.epoch) > epoch ? best : metadata;
  return { work: result.data, epoch, engine };
}

/** Looks for trainings of the same course that are not farther than is wanted, the farthest first. */
async function findOthers(store: Store, own: StageFiles): Promise<Course[]> {
  const others = [];
  for (const name of await store.folders("artifacts")) {
    const directory = `artifacts/${name}`;
    if (!name.startsWith("head-") || directory === own.directory) continue;
    try {
      const other = await readCourse(store, directory);
      if (other && courseOf(other.work) === courseOf(own.work)) {
        others.push(other);
      }
    } catch {
      // What cannot be read saves no work; `status --verify` names it.
      continue;
    }
  }
  const epochs = own.work.config.epochs as number;
  return others.filter(({ epoch }) => epoch <= epochs)
    .sort((a, b) => b.epoch - a.epoch);
}

/**
 * Finds where training can go on: at the checkpoint of the stage itself, or at
 * that of another training of the same course, complete or not, whose best
 * weights are then copied. Another's files are never touched.
 */
export async function findResumePoint(
  files: StageFiles,
  options: ResumeOptions,
): Promise<Checkpoint | undefined> {
  const { store } = options.context;
  const own = await readOwn(files, options);
  if (own) return own;
  for (const { work } of await findOthers(store, files)) {
    const other = await StageFiles.open(store, work);
    try {
      const point = await readPoint(other, options);
      if (point === undefined) continue;
      await files.write(HEAD_FILES.best, point.best);
      return point;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return undefined;
}

/**
 * Finds the engine that last worked on a training, from the headers of the
 * checkpoint where it would go on and of its best weights.
 *
 * @returns Name of the engine, or `undefined` if it is not known.
 */
export async function findLastEngine(
  store: Store,
  work: Work,
): Promise<string | undefined> {
  const files = await StageFiles.open(store, work);
  let own: Course | undefined;
  try {
    own = await readCourse(store, files.directory);
  } catch {
    // Training reports it, and removes it, when it looks for its resume point.
  }
  const [other] = own ? [] : await findOthers(store, files);
  return (own ?? other)?.engine;
}
