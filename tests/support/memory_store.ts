/**
 * A store in memory, for tests.
 *
 * @module
 */

import { compareCodePoints } from "../../pipeline/artifact/code_points.ts";
import type {
  Content,
  FileEntry,
  ReadSync,
  Store,
} from "../../pipeline/artifact/store.ts";

/** Files in a `Map`; time stands still at 0, and failures come on demand. */
export class MemoryStore implements Store {
  /** Files by path. */
  readonly files = new Map<string, Uint8Array>();
  /** Paths that were written, in order, failed ones not included. */
  readonly writes: string[] = [];
  /** Paths that were removed, in order. */
  readonly removals: string[] = [];
  /** Names of the locks that someone has. */
  readonly locks = new Set<string>();
  /** A path, or the end of one, whose reading and writing fail with an `Error`. */
  failOn: string | undefined;
  /** Bytes that are free; `undefined`: nobody knows. */
  free: number | undefined;

  /**
   * Makes a store.
   *
   * @param files Its first files, text or bytes, by path; they do not count as writes.
   */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(files)) {
      const bytes = typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      this.files.set(path, bytes);
    }
  }

  /** Fails if the test wants it. */
  #guard(path: string): void {
    if (this.failOn !== undefined && path.endsWith(this.failOn)) {
      throw new Error(`The disk of "${path}" is on fire`);
    }
  }

  /** Returns a copy of the bytes of a file, or `undefined` where there is none. */
  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.try(() => {
      this.#guard(path);
      return this.files.get(path)?.slice();
    });
  }

  /** Returns bytes `[start, end)` of a file; rejects where there is none. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array> {
    return Promise.try(() => this.#range(path, start, end));
  }

  /** Prepares to read parts of a file. */
  openSync(path: string): Promise<ReadSync> {
    return Promise.resolve((target, start) => {
      if (!this.files.has(path)) return undefined;
      const bytes = this.#range(path, start, start + target.length);
      target.set(bytes);
      return bytes.length;
    });
  }

  /** Copies bytes of a file, which must be there. */
  #range(path: string, start: number, end: number): Uint8Array {
    this.#guard(path);
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new Error(`There is no file "${path}"`);
    return bytes.slice(start, end);
  }

  /** Returns what is known of a file, or `undefined` where there is none. */
  stat(path: string): Promise<FileEntry | undefined> {
    const sizeBytes = this.files.get(path)?.byteLength;
    return Promise.resolve(
      sizeBytes === undefined ? undefined : { path, sizeBytes, modifiedMs: 0 },
    );
  }

  /** Returns every file below `directory`, sorted by path. */
  list(directory: string): Promise<FileEntry[]> {
    const prefix = directory && `${directory}/`;
    const entries = [...this.files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => ({
        path,
        sizeBytes: bytes.byteLength,
        modifiedMs: 0,
      }));
    return Promise.resolve(
      entries.sort((a, b) => compareCodePoints(a.path, b.path)),
    );
  }

  /** Returns the same files, one at a time. */
  async *walk(directory: string): AsyncGenerator<FileEntry> {
    yield* await this.list(directory);
  }

  /** Returns the names of the folders directly in `directory`, sorted. */
  folders(directory: string): Promise<string[]> {
    const prefix = directory && `${directory}/`;
    const names = [...this.files.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length).split("/"))
      .filter((parts) => parts.length > 1)
      .map(([name]) => name!);
    return Promise.resolve([...new Set(names)].sort());
  }

  /** Writes a file, or fails and leaves what was there. */
  async writeAtomic(path: string, content: Content): Promise<void> {
    this.#guard(path);
    const parts = content instanceof Uint8Array
      ? [content]
      : await Array.fromAsync(content);
    const whole = new Blob(parts as Uint8Array<ArrayBuffer>[]);
    this.files.set(path, await whole.bytes());
    this.writes.push(path);
  }

  /** Removes a file; does nothing where there is none. */
  remove(path: string): Promise<void> {
    if (this.files.delete(path)) this.removals.push(path);
    return Promise.resolve();
  }

  /** Takes a lock, unless someone has it. */
  tryLock(name: string): Promise<Disposable | undefined> {
    if (this.locks.has(name)) return Promise.resolve(undefined);
    this.locks.add(name);
    return Promise.resolve({
      [Symbol.dispose]: () => void this.locks.delete(name),
    });
  }

  /** Returns the free bytes that the test wants. */
  freeBytes(): Promise<number | undefined> {
    return Promise.resolve(this.free);
  }

  /** Says who has a lock. */
  lockHolder(): Promise<string> {
    return Promise.resolve("another task of this test");
  }

  /**
   * Flips one bit of a file.
   *
   * @param path Path of the file, which must exist.
   * @param offset Position of the byte; negative ones count from the end.
   */
  flipBit(path: string, offset: number): void {
    const bytes = this.files.get(path)!;
    bytes[offset < 0 ? bytes.length + offset : offset]! ^= 1;
  }
}
