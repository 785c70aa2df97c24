/**
 * The interface between the pipeline and where bytes live.
 *
 * Paths are relative to the root of the store and use `/`. The file system is
 * one implementation (`file_store.ts`), a `Map` in the tests is another.
 *
 * @module
 */

/** What a store knows of a file without reading it. */
export interface FileEntry {
  /** Path of the file, relative to the root of the store. */
  path: string;
  /** Size in bytes, or -1 for a name that leads to no file, such as a link to nothing or a pipe. */
  sizeBytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  modifiedMs: number;
}

/** A place that files are read from. */
export interface ReadableStore {
  /** Returns the bytes of a file, or `undefined` where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Returns bytes `[start, end)` of a file, fewer where the file ends before. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  /** Returns what is known of a file, or `undefined` where there is none. */
  stat(path: string): Promise<FileEntry | undefined>;
  /** Returns every file below `directory`, sorted by path; none where it does not exist. */
  list(directory: string): Promise<FileEntry[]>;
  /** Returns the names of the folders directly in `directory`, sorted. */
  folders(directory: string): Promise<string[]>;
}

/** A place that artifacts are written to. */
export interface Store extends ReadableStore {
  /**
   * Writes a file, complete or absent: a reader sees the old bytes or the new
   * ones, whenever the writer is killed.
   */
  writeAtomic(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; does nothing where there is none. */
  remove(path: string): Promise<void>;
  /**
   * Takes a lock that no one else has, in this process or another; whoever dies
   * lets go. Returns `undefined` while someone has it.
   */
  tryLock(name: string): Promise<Disposable | undefined>;
}
