/**
 * The file system as a store (an edge: the only file here that touches the disk).
 *
 * Promise: a file under its own name is complete. Bytes go to
 * `incomplete.<uuid>.<name>`, are flushed to the disk, and the file is renamed;
 * rename is atomic on POSIX file systems. Then the folder is flushed, so that the
 * name survives a power cut as well.
 */

import { basename, fromFileUrl, resolve } from "../path.ts";
import { freeBytes } from "./disk.ts";
import { DiskPace } from "./disk_pace.ts";
import { FileLocks, lockOnDisk } from "./lock_file.ts";
import { describeHolder } from "./lock_holder.ts";
import { readFileSync } from "./read_file_sync.ts";
import type { Content, FileEntry, ReadSync, Store } from "./store.ts";
import {
  orElse,
  readNames,
  statFile,
  walkFolder,
  type WalkOptions,
} from "./walk_folder.ts";
import { writeContent } from "./write_content.ts";
import { FileAccessError } from "../errors.ts";

/** Name of a file that is being written; the UUID keeps files of others apart. */
const INCOMPLETE = /^incomplete\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./;

/**
 * Says whether a file is half-written: of a task that runs, or of one that was killed.
 *
 * @param name Name of the file, without its folder.
 */
export function isIncomplete(name: string): boolean {
  return INCOMPLETE.test(name);
}

/** Most bytes of a part of a file that are read in this thread, as other threads take longer for them. */
const SMALL_BYTES = 4096;

/** Bytes of a large file, and most that are read of it at a time. */
const LARGE_BYTES = 2 ** 22;

/** Turns the error of an existing file that cannot be read into one that says why; returns any other error unchanged. */
function toAccessError(path: string, cause: unknown): unknown {
  const reason = cause instanceof Deno.errors.PermissionDenied
    ? "it may not be read"
    : cause instanceof Deno.errors.NotCapable
    ? "this program may not read it"
    : cause instanceof Deno.errors.IsADirectory
    ? "it is a folder"
    : cause instanceof RangeError
    ? "it is too large for memory"
    : undefined;
  return reason ? new FileAccessError(path, reason, { cause }) : cause;
}

/** Refuses what is no file, such as a pipe, whose opening waits for somebody to write. */
function requireFile(path: string, { isFile, isDirectory }: Deno.FileInfo) {
  if (isFile || isDirectory) return;
  throw new FileAccessError(path, "it is a pipe, a socket or a device");
}

/** Reads a large file in memory of its size: `Deno.readFile` finds more as it goes, and takes twice the time. */
async function readLarge(path: string, size: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = await file.read(
      bytes.subarray(filled, filled + LARGE_BYTES),
    );
    // Somebody has made it shorter.
    if (count === null) return bytes.slice(0, filled);
    filled += count;
  }
  return bytes;
}

/** Opens a file to read, if it is there. */
function openIfThere(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * A directory of the file system, with the methods of {@linkcode Store}.
 *
 * Links are followed; a link back to a folder above it is not.
 */
export class FileStore implements Store {
  /** Absolute path of the directory. */
  readonly root: string;
  readonly #locks = new FileLocks();
  readonly #pace = new DiskPace();

  /**
   * Names the directory; it is created when the first file is written.
   *
   * @param root Path of the directory, or a `file:` URL.
   */
  constructor(root: string | URL) {
    this.root = resolve(root instanceof URL ? fromFileUrl(root) : root);
  }

  /** Absolute path of a file; an absolute one, as a list file may hold, stays. */
  #absolute(path: string): string {
    return resolve(this.root, path);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await orElse(async () => {
        const info = await Deno.stat(this.#absolute(path));
        requireFile(path, info);
        return info.size < LARGE_BYTES
          ? await Deno.readFile(this.#absolute(path))
          : await readLarge(this.#absolute(path), info.size);
      }, undefined);
    } catch (error) {
      throw toAccessError(path, error);
    }
  }

  /** Reads part of a file in this thread. */
  #readHere(path: string, start: number, end: number): Uint8Array {
    try {
      using file = Deno.openSync(this.#absolute(path));
      const bytes = new Uint8Array(Math.max(0, end - start));
      return bytes.subarray(0, readFileSync(file, bytes, start));
    } catch (error) {
      throw toAccessError(path, error);
    }
  }

  async readRange(
    path: string,
    start: number,
    end: number,
  ): Promise<Uint8Array> {
    if (end - start <= SMALL_BYTES && !this.#pace.isSlow) {
      return this.#pace.measure(() => this.#readHere(path, start, end));
    }
    using file = await Deno.open(this.#absolute(path)).catch((error) => {
      throw toAccessError(path, error);
    });
    // A length that a damaged header claims must not allocate more than the file has.
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    if (start > 0) await file.seek(start, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  openSync(path: string): Promise<ReadSync> {
    // Opened at each read: a dataset may have more shards than a process may open files.
    return Promise.resolve((target, start) => {
      using file = openIfThere(this.#absolute(path));
      if (file === undefined) return undefined;
      return readFileSync(file, target, start);
    });
  }

  stat(path: string): Promise<FileEntry | undefined> {
    return statFile(this.#absolute(path), path, this.#pace);
  }

  list(directory: string): Promise<FileEntry[]> {
    return Array.fromAsync(this.walk(directory));
  }

  walk(
    directory: string,
    { isHidden = isIncomplete, onSkip }: Partial<WalkOptions> = {},
  ): AsyncIterable<FileEntry> {
    const absolute = this.#absolute(directory);
    const prefix = directory && `${directory}/`;
    return walkFolder({ absolute, prefix, isHidden, pace: this.#pace, onSkip });
  }

  async folders(directory: string): Promise<string[]> {
    const absolute = this.#absolute(directory);
    const isHidden = () => false;
    const names = await readNames({ absolute, isHidden, pace: this.#pace });
    return names.filter((name) => name.endsWith("/"))
      .map((name) => name.slice(0, -1))
      .sort();
  }

  async writeAtomic(path: string, content: Content): Promise<void> {
    const target = this.#absolute(path);
    const write = () => {
      const temporary = `incomplete.${crypto.randomUUID()}.${basename(target)}`;
      return writeContent(content, target, temporary);
    };
    await write().catch((error) => {
      // A task that began on another machine, which our lock does not reach, swept it.
      const cause = error?.cause;
      const isGone = cause instanceof Deno.errors.NotFound ||
        cause?.code === "ESTALE";
      // Content in parts is not tried again: its parts are made only once, while they are written.
      if (!isGone || !(content instanceof Uint8Array)) throw error;
      return write();
    });
  }

  async remove(path: string): Promise<void> {
    await orElse(() => Deno.remove(this.#absolute(path)), undefined);
  }

  async tryLock(name: string): Promise<Disposable | undefined> {
    const path = this.#absolute(`locks/${name}`);
    return await lockOnDisk(path, async () => {
      await Deno.mkdir(this.#absolute("locks"), { recursive: true });
      return await this.#locks.try(path);
    });
  }

  freeBytes(): Promise<number | undefined> {
    return freeBytes(this.root);
  }

  lockHolder(name: string): Promise<string> {
    return describeHolder(this.#absolute(`locks/${name}`));
  }
}
