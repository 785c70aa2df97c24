/**
 * What a disk says of itself, and why it takes no file (an edge: it asks the disk).
 */

import { format } from "@std/fmt/bytes";
import { dirname } from "../path.ts";

/** A disk takes no file: it is full, or may not be written. */
export class DiskError extends Error {
  /** Name of the error. */
  override name = "DiskError";
  /** Absolute path of the file. */
  readonly path: string;
  /** Bytes that the file needs, as far as they were known. */
  readonly neededBytes: number;
  /** Bytes that were free, or `undefined` where the disk does not say. */
  readonly freeBytes: number | undefined;

  /** Creates the error. */
  constructor(
    message: string,
    options: ErrorOptions & {
      path: string;
      neededBytes: number;
      freeBytes: number | undefined;
    },
  ) {
    super(message, options);
    this.path = options.path;
    this.neededBytes = options.neededBytes;
    this.freeBytes = options.freeBytes;
  }
}

/** Finds what exists on the way to a path: a folder, or a file in the way. */
export async function nearest(path: string): Promise<string> {
  for (let parent = path;; parent = dirname(parent)) {
    const info = await Deno.stat(parent).catch(() => undefined);
    if (info || parent === dirname(parent)) return parent;
  }
}

/** Returns the bytes that are free on the disk of a folder. */
export async function freeBytesOf(folder: string): Promise<number> {
  // Loaded here: it takes 6 ms, and a task that makes nothing asks for no space.
  const { statfs } = await import("node:fs/promises");
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Returns the bytes that are free on the disk under a path, which need not exist.
 *
 * @returns The bytes; `undefined` where the program may not ask, or the disk does not say.
 */
export async function freeBytes(path: string): Promise<number | undefined> {
  const query = { name: "sys", kind: "statfs" } as const;
  if (Deno.permissions.querySync(query).state !== "granted") return undefined;
  try {
    return await freeBytesOf(await nearest(path));
  } catch {
    return undefined;
  }
}

/** What a file needs of its disk. */
interface Wanted {
  /** Absolute path of the file. */
  path: string;
  /** Its bytes, as far as they are known. */
  neededBytes: number;
  /** Whether it failed when it was renamed. */
  isRename: boolean;
}

/** Words of the systems for a cause, and the end of a sentence. */
type Cause = readonly [words: RegExp, reason: (wanted: Wanted) => string];

const CAUSES: readonly Cause[] = [
  [
    /No space left|not enough space/,
    () => "the disk is full: free some space and run the task again",
  ],
  [
    /quota exceeded/i,
    () => "the quota is used up: free some space and run the task again",
  ],
  [
    /Read-only file system/,
    () => "the disk is read-only: use another work directory",
  ],
  [
    /name too long/,
    ({ path }) =>
      `its path is too long, ${path.length} characters: use a work directory with a shorter path`,
  ],
  [
    /levels of symbolic links/,
    () => "its path is a loop of links: remove the link",
  ],
  [
    /File exists|Not a directory/,
    () => "something that is no folder is in its way: remove that",
  ],
  [
    /^Requires \w+ access/,
    () => "this program has no permission to write there",
  ],
  [
    /Permission denied|Operation not permitted/,
    ({ path }) =>
      `this user may not write in "${
        dirname(path)
      }": use another work directory, or ask its owner`,
  ],
];

/** What a file system says that cannot put a file in the place of another. */
const NO_REPLACING =
  /File exists|Operation not (supported|permitted)|cross-device/;

/** What is told of it. */
const REPLACE_REASON =
  "its file system does not replace files by renaming, which keeps half-written files away: use a work directory on another disk";

/** Says why a file cannot be written: path, need, free space, what to do. */
export async function explainDisk(
  cause: unknown,
  wanted: Wanted,
): Promise<DiskError> {
  const { path, neededBytes, isRename } = wanted;
  const { message } = cause as Error;
  const known = CAUSES.find(([words]) => words.test(message));
  const reason = isRename && NO_REPLACING.test(message)
    ? REPLACE_REASON
    : known?.[1](wanted) ?? message;
  const free = await freeBytes(path);
  const isSpace = known !== undefined && CAUSES.indexOf(known) < 2;
  const space = isSpace && free !== undefined
    ? ` (it needs ${format(neededBytes)}, ${format(free)} are free)`
    : "";
  return new DiskError(`Cannot write "${path}"${space}: ${reason}`, {
    cause,
    path,
    neededBytes,
    freeBytes: free,
  });
}
