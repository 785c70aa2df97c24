/** Files below a folder, one at a time and in order (an edge). */

import { join } from "@std/path";
import { DatasetError } from "../errors.ts";
import { compareCodePoints } from "./code_points.ts";
import type { FileEntry } from "./store.ts";

/** Files that are looked up at a time: most of the time of one is waiting. */
const LOOKUPS = 64;

/**
 * Most ways to one folder. Links may lead to a folder several times; some tens of
 * links that lead to each other make more ways than can ever be walked.
 */
const MAX_WAYS = 100;

/** How files of a folder are found. */
interface WalkOptions {
  /** Absolute path of the folder. */
  absolute: string;
  /** Prefix of the paths of files: empty, or a path that ends in `/`. */
  prefix: string;
  /** Says whether a name is passed over. */
  isHidden: (name: string) => boolean;
}

/** Runs `read`, or returns `fallback` where there is no such file or folder, or a link to itself. */
export async function orElse<T>(
  read: () => Promise<T>,
  fallback: T,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return fallback;
    if (error instanceof Deno.errors.NotADirectory) return fallback;
    if (error instanceof Deno.errors.FilesystemLoop) return fallback;
    throw error;
  }
}

/** Whether an error says that a path can lead to no file: it is too long, has a NUL, or leads to where Deno lets nobody look, such as `/proc`. */
function leadsNowhere(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error as { code?: string }).code === "ENAMETOOLONG" ||
    error instanceof TypeError && error.message.includes("NUL");
}

/** Looks something up; returns `fallback` also for a path that can lead to no file. */
async function lookUp<T>(look: () => Promise<T>, fallback: T): Promise<T> {
  try {
    return await orElse(look, fallback);
  } catch (error) {
    if (leadsNowhere(error)) return fallback;
    throw error;
  }
}

/**
 * Returns what is known of a file without reading it.
 *
 * @param absolute Absolute path of the file.
 * @param stat Looks it up. @default {Deno.stat}
 * @returns The entry, or `undefined` where there is no such file.
 */
export function statFile(
  absolute: string,
  path: string,
  stat: typeof Deno.stat | typeof Deno.statSync = Deno.stat,
): Promise<FileEntry | undefined> {
  return lookUp(async () => {
    const info = await stat(absolute);
    if (!info.isFile) return undefined;
    const modifiedMs = info.mtime?.getTime() ?? 0;
    return { path, sizeBytes: info.size, modifiedMs };
  }, undefined);
}

/** Says whether a path is a folder, or a link to one. */
function isFolder(absolute: string): Promise<boolean> {
  return lookUp(async () => (await Deno.stat(absolute)).isDirectory, false);
}

/**
 * Reads the names in a folder; only links are looked up.
 *
 * @param absolute Absolute path of the folder.
 * @param isHidden Says whether a name is passed over; none is if not given.
 * @param readDir Reads the folder. @default {Deno.readDir}
 * @returns The names, those of folders with `/` at their end, by their code points; none where there is no folder.
 */
export async function readNames(
  absolute: string,
  isHidden: (name: string) => boolean = () => false,
  readDir: typeof Deno.readDir | typeof Deno.readDirSync = Deno.readDir,
): Promise<string[]> {
  const names: string[] = [];
  await lookUp(async () => {
    for await (const entry of readDir(absolute)) {
      const { name, isDirectory, isSymlink } = entry;
      if (isHidden(name)) continue;
      const isBranch = isDirectory ||
        isSymlink && await isFolder(join(absolute, name));
      names.push(isBranch ? `${name}/` : name);
    }
  }, undefined);
  return names.sort(compareCodePoints);
}

/**
 * Time of {@linkcode LOOKUPS} from which on a disk is slow, and files are looked up in
 * other threads at a time. A disk of this machine takes 3 microseconds for a file, and
 * another thread 12.
 */
const QUICK_MS = 10;

/** Counts a way to a folder. */
function limitWays(real: string, ways: Map<string, number>): void {
  const count = (ways.get(real) ?? 0) + 1;
  if (count > MAX_WAYS) {
    throw new DatasetError(
      `Cannot list the files below "${real}" as at most ${MAX_WAYS} ways may lead there: links make more`,
    );
  }
  ways.set(real, count);
}

/** What is known in all folders of a walk. */
interface Walk {
  /** How many ways lead to a folder. */
  ways: Map<string, number>;
  /** Whether looking files up takes long. */
  isSlow: boolean;
}

/** Returns how a walk looks things up: on a quick disk in this thread. */
function lookupsOf({ isSlow }: Walk) {
  return isSlow
    ? { stat: Deno.stat, readDir: Deno.readDir }
    : { stat: Deno.statSync, readDir: Deno.readDirSync };
}

/**
 * Walks through the files below a folder. Links are followed; a link back to a
 * folder above it is not.
 *
 * Names of folders are compared with the `/` that follows them, so that files
 * come in the order of their whole paths, and no more than the names of one
 * folder are sorted and held.
 *
 * @returns The files, by the code points of their paths.
 * @throws {DatasetError} If links lead to a folder by more than 100 ways.
 */
export async function* walkFolder(
  options: WalkOptions,
  above: readonly string[] = [],
  walk: Walk = { ways: new Map(), isSlow: false },
): AsyncGenerator<FileEntry> {
  const { absolute, prefix, isHidden } = options;
  const real = await lookUp(() => Deno.realPath(absolute), undefined);
  if (real === undefined || above.includes(real)) return;
  limitWays(real, walk.ways);
  const { readDir } = lookupsOf(walk);
  const names = await readNames(real, isHidden, readDir);
  for (let i = 0; i < names.length;) {
    const name = names[i]!;
    if (name.endsWith("/")) {
      const folder = join(real, name);
      const below = { absolute: folder, prefix: prefix + name, isHidden };
      yield* walkFolder(below, [...above, real], walk);
      i++;
      continue;
    }
    const started = performance.now();
    const { stat } = lookupsOf(walk);
    const files: Promise<FileEntry>[] = [];
    for (; files.length < LOOKUPS && names[i]?.endsWith("/") === false; i++) {
      const path = prefix + names[i];
      const nothing = { path, sizeBytes: -1, modifiedMs: 0 };
      const entry = statFile(join(real, names[i]!), path, stat);
      files.push(entry.then((found) => found ?? nothing));
    }
    walk.isSlow ||= performance.now() - started > QUICK_MS;
    yield* await Promise.all(files);
  }
}
