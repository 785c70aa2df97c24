/** Files below a folder, one at a time and in order (an edge). */

import { join } from "../path.ts";
import { DatasetError } from "../errors.ts";
import { compareCodePoints } from "./code_points.ts";
import type { DiskPace } from "./disk_pace.ts";
import type { FileEntry } from "./store.ts";

/** Files that are looked up at a time: on a slow disk most of the time of one is waiting. */
const LOOKUPS = 64;

/**
 * Most ways to one folder. Links may lead to a folder several times; some tens of
 * links that lead to each other make more ways than can ever be walked.
 */
const MAX_WAYS = 100;

/** Where Linux shows programs and devices as files: no photos, and links to all that there is. */
const SYSTEM = /^\/(proc|sys)(\/|$)/;

/** How files of a folder are found. */
export interface WalkOptions {
  /** Absolute path of the folder. */
  absolute: string;
  /** Prefix of the paths of files: empty, or a path that ends in `/`. */
  prefix: string;
  /** Says whether a name is passed over. */
  isHidden: (name: string) => boolean;
  pace: DiskPace;
  /** Called with why a folder is passed over, where the walk ends without it; files are not looked up then, as reading them says what is wrong. */
  onSkip?: ((error: Error) => void) | undefined;
}

/** Whether an error says that there is no such file or folder, or a link to itself. */
function isNothing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop;
}

/** Runs `read`, or returns `fallback` where there is no such file or folder, or a link to itself. */
export async function orElse<T>(
  read: () => Promise<T>,
  fallback: T,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isNothing(error)) return fallback;
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

/** Describes what was looked up; `undefined` if it is no file. */
function toEntry(
  path: string,
  { isFile, size, mtime }: Deno.FileInfo,
): FileEntry | undefined {
  if (!isFile) return undefined;
  return { path, sizeBytes: size, modifiedMs: mtime?.getTime() ?? 0 };
}

/** Throws an error, unless it says that there is no such file. */
function noEntry(error: unknown): undefined {
  if (!isNothing(error) && !leadsNowhere(error)) throw error;
}

/**
 * Returns what is known of a file without reading it.
 *
 * @param absolute Absolute path of the file.
 * @param pace Pace of the disk.
 * @returns The entry, or `undefined` where there is no such file.
 */
export async function statFile(
  absolute: string,
  path: string,
  pace: DiskPace,
): Promise<FileEntry | undefined> {
  try {
    const info = pace.isSlow
      ? await Deno.stat(absolute)
      : pace.measure(() => Deno.statSync(absolute));
    return toEntry(path, info);
  } catch (error) {
    return noEntry(error);
  }
}

/** Says whether a path is a folder, or a link to one. */
function isFolder(absolute: string): Promise<boolean> {
  return lookUp(async () => (await Deno.stat(absolute)).isDirectory, false);
}

/** Tells of an error, or throws it where nobody is told. */
function passOver(onSkip: WalkOptions["onSkip"]) {
  return (error: Error): undefined => {
    if (!onSkip) throw error;
    onSkip(error);
  };
}

/** Lists a folder; nothing where there is none. */
export function listFolder(absolute: string): Promise<Deno.DirEntry[]> {
  return orElse(() => Array.fromAsync(Deno.readDir(absolute)), []);
}

/**
 * Reads the names in a folder; only links are looked up.
 *
 * @returns The names, those of folders with `/` at their end, in no order; none where there is no folder.
 */
export async function readNames(
  { absolute, isHidden, pace, onSkip }: Omit<WalkOptions, "prefix">,
): Promise<string[]> {
  const names: string[] = [];
  const entries = await lookUp(
    async () =>
      pace.isSlow
        ? await listFolder(absolute)
        : pace.measure(() => [...Deno.readDirSync(absolute)]),
    [],
  );
  for (const { name, isDirectory, isSymlink } of entries) {
    if (isHidden(name)) continue;
    const isBranch = isDirectory ||
      isSymlink &&
        await isFolder(join(absolute, name)).catch(passOver(onSkip));
    names.push(isBranch ? `${name}/` : name);
  }
  return names;
}

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

/**
 * Walks through the files below a folder. Links are followed; a link back to a
 * folder above it is not, nor one to `/proc` or `/sys`.
 *
 * Names of folders are compared with the `/` that follows them, so that files
 * come in the order of their whole paths, and no more than the names of one
 * folder are sorted and held.
 *
 * @returns The files, by the code points of their paths.
 * @throws {DatasetError} If links lead to a folder by more than 100 ways, or a name is not in UTF-8.
 */
export async function* walkFolder(
  options: WalkOptions,
): AsyncGenerator<FileEntry> {
  for await (const files of walkParts(options, [], new Map())) {
    for (const file of files) yield file;
  }
}

/** Walks through the files below a folder, some at a time. */
async function* walkParts(
  options: WalkOptions,
  above: readonly string[],
  ways: Map<string, number>,
): AsyncGenerator<FileEntry[]> {
  const { absolute, prefix, pace, onSkip } = options;
  const skip = passOver(onSkip);
  const real = await lookUp(() => Deno.realPath(absolute), undefined)
    .catch(skip);
  if (real === undefined && absolute.includes("\ufffd")) {
    const reason = "its name is not in UTF-8: rename it";
    const message = `Cannot list the folder "${absolute}" as ${reason}`;
    skip(new DatasetError(message));
  }
  if (real === undefined || above.includes(real) || SYSTEM.test(real)) return;
  limitWays(real, ways);
  // By its own path, not by where links lead: a task may read what is below its folder.
  const names = await readNames(options).catch(skip) ?? [];
  names.sort(compareCodePoints);
  // With what separates names at its end: to join 10,000 names takes 10 ms.
  const folder = join(absolute, "/");
  for (let i = 0; i < names.length;) {
    const name = names[i]!;
    if (name.endsWith("/")) {
      const below = folder + name.slice(0, -1);
      const nested = { ...options, absolute: below, prefix: prefix + name };
      yield* walkParts(nested, [...above, real], ways);
      i++;
      continue;
    }
    const start = i;
    while (i < start + LOOKUPS && names[i]?.endsWith("/") === false) i++;
    const some = names.slice(start, i);
    const look = (name: string) => statFile(folder + name, prefix + name, pace);
    const found = await Promise.all(onSkip ? [] : some.map(look));
    yield some.map((name, i) =>
      found[i] ?? { path: prefix + name, sizeBytes: -1, modifiedMs: 0 }
    );
  }
}
