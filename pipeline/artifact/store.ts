/**
 * The interface between the pipeline and where bytes live.
 *
 * Paths are relative to the root of the store and use `/`. The file system is
 * one implementation (`file_store.ts`), an object store is another
 * (`s3/s3_store.ts`), and a `Map` in the tests a third. One suite of tests holds
 * for all of them.
 */

/** A file in a store, without its bytes. */
export interface FileEntry {
  /** Path of the file, relative to the root of the store. */
  path: string;
  /** Size in bytes, or -1 for a name that leads to no file, such as a link to nothing or a pipe. */
  sizeBytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  modifiedMs: number;
}

/** Bytes of a file that is written: whole, or in parts that are made as they are written. */
export type Content =
  | Uint8Array
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/**
 * Fills an array with the bytes of a file from a position on. Returns how many there
 * were, fewer where the file ends before, or `undefined` where it is gone.
 */
export type ReadSync = (
  target: Uint8Array,
  start: number,
) => number | undefined;

/**
 * A place that files are read from.
 *
 * The caller owns what is returned, each array in its own buffer: it may be transferred
 * to another thread or freed.
 */
export interface ReadableStore {
  /**
   * Returns the bytes of a file, or `undefined` where there is none.
   *
   * @throws {FileAccessError} If it may not be read, or is a folder.
   */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Returns bytes `[start, end)` of a file, fewer where the file ends before. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  /**
   * Prepares to read parts of a file at once: for a few bytes among many, which take
   * less time to read than to wait for.
   *
   * @param bytes The whole file, which was read and checked; a store that is not on this machine keeps a copy of them here.
   */
  openSync(path: string, bytes: Uint8Array): Promise<ReadSync>;
  /** Returns what is known of a file, or `undefined` where there is none. */
  stat(path: string): Promise<FileEntry | undefined>;
  /** Returns every file below `directory`, sorted by path; none where it does not exist. */
  list(directory: string): Promise<FileEntry[]>;
  /** Does as `list`, a file at a time, by the code points of their paths. */
  walk(directory: string): AsyncIterable<FileEntry>;
  /** Returns the names of the folders directly in `directory`, sorted. */
  folders(directory: string): Promise<string[]>;
}

/** A lock that is held until it is disposed of, with `await using`. */
export type Lock = Disposable | AsyncDisposable;

/** A place that artifacts are written to. */
export interface Store extends ReadableStore {
  /**
   * Writes a file, complete or absent: a reader sees the old bytes or the new
   * ones, whenever the writer is killed. An error of a content that comes in parts
   * is thrown on, and nothing is written.
   */
  writeAtomic(path: string, content: Content): Promise<void>;
  /** Removes a file; does nothing where there is none. */
  remove(path: string): Promise<void>;
  /**
   * Takes an exclusive lock, among this and other processes; that of a process that
   * dies is released, in an object store after a minute. Returns `undefined` while it
   * is taken.
   */
  tryLock(name: string): Promise<Lock | undefined>;
  /** Says who has a lock that is taken: process, machine, command and since when, as the end of a sentence. */
  lockHolder(name: string): Promise<string>;
  /** Returns the bytes that are free where it writes, or `undefined` if that is not known. */
  freeBytes(): Promise<number | undefined>;
}
