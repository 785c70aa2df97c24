/**
 * Copies of objects on this machine, for readers that cannot wait (an edge).
 *
 * All are in one temporary file, whose name is removed at once where the system lets
 * an open file lose it: nothing is left however the process ends.
 */

import { readFileSync } from "../artifact/read_file_sync.ts";
import type { ReadSync } from "../artifact/store.ts";
import { ObjectStoreError } from "../errors.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Where a copy is. */
interface Place {
  start: number;
  length: number;
}

/** Copies, by path. */
export class Spool implements Disposable {
  #file: Deno.FsFile | undefined;
  #path: string | undefined;
  #end = 0;
  readonly #places = new Map<string, Place>();

  /** Opens the temporary file. */
  #open(): Deno.FsFile {
    if (this.#file) return this.#file;
    const dir = temporaryFolder(Deno.env, Deno.build.os);
    const path = Deno.makeTempFileSync({ dir, prefix: "headstart-" });
    this.#file = Deno.openSync(path, { read: true, write: true });
    try {
      Deno.removeSync(path);
    } catch {
      // Windows removes no file that is open.
      this.#path = path;
    }
    return this.#file;
  }

  /** Writes bytes at a position. */
  #write(bytes: Uint8Array, start: number): void {
    const file = this.#open();
    file.seekSync(start, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) {
      written += file.writeSync(bytes.subarray(written));
    }
  }

  /**
   * Keeps a copy; one that is kept under the same path is replaced.
   *
   * @throws {ObjectStoreError} If there is no room for it.
   */
  keep(path: string, bytes: Uint8Array): ReadSync {
    const before = this.#places.get(path);
    const fits = before !== undefined && bytes.length <= before.length;
    const start = fits ? before.start : this.#end;
    const { length } = bytes;
    try {
      this.#write(bytes, start);
    } catch (cause) {
      throw new ObjectStoreError(
        `Cannot keep a copy of "${path}" in the temporary folder, for which TMPDIR may name another: ${
          (cause as Error).message
        }`,
        { cause },
      );
    }
    this.#places.set(path, { start, length });
    if (!fits) this.#end += length;
    return (target, position) => {
      const most = Math.max(0, Math.min(target.length, length - position));
      return readFileSync(
        this.#open(),
        target.subarray(0, most),
        start + position,
      );
    };
  }

  /** Removes all copies. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#places.clear();
    this.#end = 0;
    if (this.#path) Deno.removeSync(this.#path);
    this.#path = undefined;
  }
}
