/**
 * Run files: `runs/<name>/run.json`, the configuration of a run and the work of
 * each of its stages.
 *
 * `prepare` writes it and the other tasks read it, so the three run in sequence
 * with no flag repeated. What the stages of the run last did stands in it, so
 * that a later task can say what changed.
 */

import type { ReadableStore, Store } from "../artifact/store.ts";
import { ConfigError, FormatError } from "../errors.ts";
import {
  decodeRun,
  encodeRun,
  isUnsealed,
  type RunFile,
} from "./run_format.ts";

/** Names that are safe as a folder on every system. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Returns the path of a run file, relative to the work directory.
 *
 * @throws {ConfigError} If the name is not safe as a folder.
 */
export function runPath(name: string): string {
  if (!RUN_NAME.test(name)) {
    throw new ConfigError(
      `Cannot use "${name}" as the name of a run as it must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit`,
      "run",
    );
  }
  return `runs/${name}/run.json`;
}

/** Path of the copy of a run file, for when that is damaged. */
export function copyPath(name: string): string {
  return runPath(name).replace(/json$/, "copy.json");
}

/** Reads the copy of a run file; `undefined` if there is none that is whole. */
async function readCopy(
  store: ReadableStore,
  name: string,
): Promise<RunFile | undefined> {
  const path = copyPath(name);
  const bytes = await store.read(path);
  try {
    return bytes && await decodeRun(bytes, path);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Throws if a run was found under the name of another, as a disk does that takes `A` for `a`. */
async function requireOwn(
  store: ReadableStore,
  name: string,
  found: string,
): Promise<void> {
  if (found === name || (await store.folders("runs")).includes(name)) return;
  throw new ConfigError(
    `Cannot use "${name}" as the name of a run as this disk does not tell it from that of another: "${found}"`,
    "run",
  );
}

/**
 * Reads a run file; where it is damaged, its copy.
 *
 * @returns The run, or `undefined` if there is none of this name.
 * @throws {FormatError} If the file is not a run file, and its copy neither.
 */
export async function readRun(
  store: ReadableStore,
  name: string,
): Promise<RunFile | undefined> {
  const path = runPath(name);
  const bytes = await store.read(path);
  if (bytes === undefined) return undefined;
  try {
    const run = await decodeRun(bytes, path);
    await requireOwn(store, name, run.name);
    return { ...run, name };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const copy = await readCopy(store, name);
    if (copy === undefined) {
      throw new FormatError(
        `${error.message}; the task prepare writes a new one if it is given the photos`,
        { path, cause: error },
      );
    }
    return { ...copy, name, damage: error.message };
  }
}

/** Whether a run file and its copy say this already, so that nothing is written: also a disk that is read-only may hold them. */
export async function isWritten(store: Store, run: RunFile): Promise<boolean> {
  const file = await store.read(runPath(run.name));
  // That of an earlier version, of a run that is complete, stays as it is.
  if (isUnsealed(file, run)) return true;
  const copy = await store.read(copyPath(run.name));
  const wanted = (await encodeRun(run)).toHex();
  return file?.toHex() === wanted && copy?.toHex() === wanted;
}

/** Writes a run file and its copy, unless they say the same already. */
export async function writeRun(store: Store, run: RunFile): Promise<void> {
  if (await isWritten(store, run)) return;
  const bytes = await encodeRun(run);
  await store.writeAtomic(runPath(run.name), bytes);
  await store.writeAtomic(copyPath(run.name), bytes);
}

/**
 * Finds damage in a run file and in its copy, of which one is whole.
 *
 * @returns The errors, which name the files.
 */
export async function findRunDamage(
  store: ReadableStore,
  name: string,
): Promise<FormatError[]> {
  const damage: FormatError[] = [];
  for (const path of [runPath(name), copyPath(name)]) {
    const bytes = await store.read(path);
    try {
      if (bytes) await decodeRun(bytes, path);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      damage.push(error);
    }
  }
  return damage;
}

/**
 * Gives up a run file that is damaged, like its copy, for a new one. Its bytes stay
 * beside it, as a person may still read some of the settings.
 *
 * @returns Path of those bytes.
 */
export async function setRunAside(store: Store, name: string): Promise<string> {
  const path = runPath(name);
  const aside = path.replace(/json$/, "damaged.json");
  await store.writeAtomic(aside, (await store.read(path))!);
  await store.remove(path);
  await store.remove(copyPath(name));
  return aside;
}
