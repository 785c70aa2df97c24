/**
 * The file that a download grows in (an edge).
 *
 * `<target>.part` holds the bytes so far, and `<target>.part.json` says of which
 * state of which address they are. The latter is on the disk before the first
 * byte is, so that bytes never continue those of something else.
 */

import { basename, dirname } from "../path.ts";
import { FileStore } from "../artifact/file_store.ts";
import { DownloadError } from "./download_error.ts";

/** Longest `.part.json` that is read: an address and two headers. */
const MAX_ORIGIN_BYTES = 64 * 1024;

/** Longest validator that is remembered; real ones have less than a hundred characters. */
const MAX_VALIDATOR = 1024;

/** Codes of a disk, or of a share of it, that is full. */
const FULL = ["ENOSPC", "EDQUOT"];

/** What the bytes in a part are of. */
export interface Origin {
  /** Address that was asked for, before redirects. */
  url: string;
  /** Stands for the state of the file: a strong ETag, or when it was modified. */
  validator?: string | undefined;
  /** Its size, if the server says so. */
  totalBytes?: number | undefined;
}

/**
 * Returns what a response says about the state of a file.
 *
 * Source: RFC 9110, section 13.1.5: a weak ETag must not be used in `If-Range`.
 *
 * @returns The validator for `If-Range`, or `undefined` if there is none.
 */
export function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  const isStrong = etag?.startsWith('"');
  const validator = isStrong ? etag : headers.get("last-modified");
  return validator && validator.length <= MAX_VALIDATOR ? validator : undefined;
}

/** Reads what a part is of; anything that is not understood counts as nothing. */
async function readOrigin(
  store: FileStore,
  name: string,
): Promise<Origin | undefined> {
  if (await store.stat(name) === undefined) return undefined;
  const bytes = await store.readRange(name, 0, MAX_ORIGIN_BYTES);
  try {
    const { url, validator, totalBytes } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    return {
      url: String(url),
      validator: typeof validator === "string" ? validator : undefined,
      totalBytes: Number.isSafeInteger(totalBytes) ? totalBytes : undefined,
    };
  } catch {
    return undefined;
  }
}

/** A file that is being fetched. */
export class Part implements Disposable {
  /** Path of the file with the bytes. */
  readonly path: string;
  readonly #url: string;
  readonly #file: Deno.FsFile;
  readonly #store: FileStore;
  readonly #originName: string;
  #sizeBytes = 0;
  #origin: Origin;

  private constructor(target: string, url: string, file: Deno.FsFile) {
    this.path = `${target}.part`;
    this.#url = url;
    this.#file = file;
    this.#store = new FileStore(dirname(target));
    this.#originName = `${basename(target)}.part.json`;
    this.#origin = { url };
  }

  /**
   * Opens the part of a file; one that is of another address is emptied.
   *
   * @returns The part; dispose of it to close it.
   */
  static async open(target: string, url: string): Promise<Part> {
    const file = await Deno.open(`${target}.part`, {
      write: true,
      create: true,
    });
    try {
      const part = new Part(target, url, file);
      const origin = await readOrigin(part.#store, part.#originName);
      if (origin?.url === url) {
        part.#origin = origin;
        part.#sizeBytes = await file.seek(0, Deno.SeekMode.End);
      } else await file.truncate(0);
      return part;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Bytes that are there. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What the bytes are of. */
  get origin(): Origin {
    return this.#origin;
  }

  /** Drops all bytes. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.#sizeBytes = 0;
    this.#origin = { url: this.#url };
  }

  /** Drops all bytes, and remembers what the next ones are of. */
  async restart(origin: Omit<Origin, "url">): Promise<void> {
    await this.clear();
    this.#origin = { url: this.#url, ...origin };
    const bytes = new TextEncoder().encode(JSON.stringify(this.#origin));
    await this.#try(() => this.#store.writeAtomic(this.#originName, bytes));
  }

  /**
   * Adds bytes at the end.
   *
   * @throws {DownloadError} If the disk is full; the bytes written so far stay.
   */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#try(async () => {
      for (let written = 0; written < bytes.length;) {
        const count = await this.#file.write(bytes.subarray(written));
        written += count;
        this.#sizeBytes += count;
      }
    });
  }

  /** Flushes the bytes to the disk. */
  async sync(): Promise<void> {
    await this.#try(() => this.#file.sync());
  }

  /** Forgets what the bytes are of; for a part that has its final name. */
  async forget(): Promise<void> {
    await this.#store.remove(this.#originName);
  }

  /** Removes the bytes and what they are of. */
  async remove(): Promise<void> {
    await this.#store.remove(basename(this.path));
    await this.forget();
  }

  /** Closes the file; the bytes stay. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Writes, and names the file and the bytes that are needed where the disk is full. */
  async #try(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      const error = cause as Error & { code?: string };
      const code = error.code ?? (error.cause as { code?: string })?.code;
      if (code === undefined || !FULL.includes(code)) {
        throw new Error(`Cannot write "${this.path}": ${error.message}`, {
          cause,
        });
      }
      const { totalBytes } = this.#origin;
      const needed = totalBytes === undefined
        ? "more bytes"
        : `${totalBytes - this.#sizeBytes} more bytes`;
      const reason =
        `the disk is full: "${this.path}" has ${this.#sizeBytes} bytes and needs ${needed}`;
      throw new DownloadError(this.#url, reason, { cause });
    }
  }
}
