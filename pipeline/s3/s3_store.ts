/**
 * An object store as a store: `s3://bucket/prefix`, of AWS or any server that speaks
 * its protocol.
 *
 * Promise: an object is complete or absent, as a server shows it once all its bytes
 * are there and their checksum is right. There are no folders: a path is what its key
 * begins with.
 */

import type {
  Content,
  FileEntry,
  Lock,
  ReadSync,
  Store,
} from "../artifact/store.ts";
import { ObjectStoreError } from "../errors.ts";
import { removeObject, type StoreAnswer, StoreClient } from "./client.ts";
import type { Access } from "./credentials.ts";
import { leaseHolder, takeLease } from "./lease.ts";
import { listPages, listUploads } from "./list.ts";
import {
  formatLocation,
  isAddressable,
  locate,
  type Location,
} from "./location.ts";
import { readWhole } from "./read_whole.ts";
import type { StoreRequest } from "./request.ts";
import { Spool } from "./spool.ts";
import { abortUpload, writeObject } from "./upload.ts";
import type { UnfinishedUpload } from "./xml.ts";

/** Most bytes of a key. Source: Amazon S3 user guide, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1024;

/** Reads a time, in whole seconds: a list has parts of one, the header of an object none. */
function readTime(text: string): number {
  return Math.floor(Date.parse(text) / 1000) * 1000 || 0;
}

/** All objects whose keys begin with a prefix, with the methods of {@linkcode Store}. */
export class S3Store implements Store, Disposable {
  readonly location: Location;
  readonly #client: StoreClient;
  readonly #spool = new Spool();

  /**
   * Names the place; nothing is sent yet.
   *
   * @param findAccess Finds where the server is and who asks.
   * @param signal Stops the task that uses it: a server that does not answer is not waited for then.
   */
  constructor(
    location: Location,
    findAccess: () => Access,
    signal?: AbortSignal,
  ) {
    this.location = location;
    this.#client = new StoreClient(findAccess, signal);
  }

  /** Finds the object of a path; `undefined` if none can be there. */
  #find(path: string): Location | undefined {
    const at = locate(this.location, path);
    if (at === undefined || at.key === "" || at.key.endsWith("/")) return;
    const { length } = new TextEncoder().encode(at.key);
    return length <= MAX_KEY_BYTES ? at : undefined;
  }

  /** Finds the object of a path that is to be written. */
  #require(path: string): Location {
    const at = this.#find(path);
    if (at !== undefined) return at;
    throw new ObjectStoreError(
      `Cannot write "${path}" in "${
        formatLocation(this.location)
      }" as its key must have 1 to ${MAX_KEY_BYTES} bytes and stay in the bucket`,
    );
  }

  /** Asks for an object; returns `undefined` where there is none. */
  async #get(
    path: string,
    request: Omit<StoreRequest, "at" | "doing">,
  ): Promise<StoreAnswer | undefined> {
    const at = this.#find(path);
    if (at === undefined) return undefined;
    const how = { at, doing: "read", expects: [404, 412, 416] } as const;
    const answer = await this.#client.send({ ...how, ...request });
    return answer.status === 404 ? undefined : answer;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return await readWhole({
      path: `${formatLocation(this.location)}/${path}`,
      readStart: (firstBytes) =>
        this.#get(path, {
          method: "GET",
          headers: { "x-amz-checksum-mode": "ENABLED" },
          firstBytes,
        }),
      readRange: (start, end, condition) =>
        this.#getRange(path, start, end, condition),
    });
  }

  /** Asks for part of an object; returns `undefined` where there is none. */
  #getRange(
    path: string,
    start: number,
    end: number,
    headers: Record<string, string> = {},
  ): Promise<StoreAnswer | undefined> {
    return this.#get(path, {
      method: "GET",
      headers: { ...headers, range: `bytes=${start}-${end - 1}` },
      maxBytes: end - start,
    });
  }

  async readRange(
    path: string,
    start: number,
    end: number,
  ): Promise<Uint8Array> {
    if (end <= start) return new Uint8Array();
    const answer = await this.#getRange(path, start, end);
    if (answer === undefined) {
      throw new ObjectStoreError(
        `Cannot read "${path}" in "${
          formatLocation(this.location)
        }" as there is no such object`,
      );
    }
    // What begins after the last byte, or in an object of none.
    if (answer.status === 416) return new Uint8Array();
    if (answer.status === 206 || start === 0) return answer.bytes;
    throw new ObjectStoreError(
      `Cannot read part of "${path}" in "${
        formatLocation(this.location)
      }" as the server must send parts: it sends all`,
    );
  }

  openSync(path: string, bytes: Uint8Array): Promise<ReadSync> {
    return Promise.try(() => this.#spool.keep(path, bytes));
  }

  async stat(path: string): Promise<FileEntry | undefined> {
    const answer = await this.#get(path, { method: "HEAD" });
    if (answer === undefined) return undefined;
    const { headers } = answer;
    const sizeBytes = Number(headers.get("content-length"));
    const modifiedMs = readTime(headers.get("last-modified") ?? "");
    return { path, sizeBytes, modifiedMs };
  }

  list(directory: string): Promise<FileEntry[]> {
    return Array.fromAsync(this.walk(directory));
  }

  /** Returns what the keys below a directory begin with. */
  #prefix(directory: string): Location | undefined {
    const at = locate(this.location, directory);
    return at && { ...at, key: at.key === "" ? "" : `${at.key}/` };
  }

  async *walk(directory: string): AsyncGenerator<FileEntry> {
    const prefix = this.#prefix(directory);
    if (prefix === undefined) return;
    const own = directory && `${directory}/`;
    for await (const { objects } of listPages(this.#client, prefix)) {
      for (const { key, sizeBytes, modified } of objects) {
        // Empty objects that stand for folders.
        if (key.endsWith("/")) continue;
        const path = own + key.slice(prefix.key.length);
        yield isAddressable(key)
          ? { path, sizeBytes, modifiedMs: readTime(modified) }
          : { path, sizeBytes: -1, modifiedMs: 0 };
      }
    }
  }

  async folders(directory: string): Promise<string[]> {
    const prefix = this.#prefix(directory);
    if (prefix === undefined) return [];
    const names: string[] = [];
    for await (const { prefixes } of listPages(this.#client, prefix, "/")) {
      for (const found of prefixes) {
        const name = found.slice(prefix.key.length, -1);
        if (name !== "" && isAddressable(name)) names.push(name);
      }
    }
    return names.sort();
  }

  async writeAtomic(path: string, content: Content): Promise<void> {
    await writeObject(this.#client, this.#require(path), content);
  }

  async remove(path: string): Promise<void> {
    const at = this.#find(path);
    if (at !== undefined) await removeObject(this.#client, at);
  }

  async tryLock(name: string): Promise<Lock | undefined> {
    return await takeLease(this.#client, this.#require(`locks/${name}`));
  }

  async lockHolder(name: string): Promise<string> {
    return await leaseHolder(this.#client, this.#require(`locks/${name}`));
  }

  /** An object store does not fill up. */
  freeBytes(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Lists the uploads in parts that were begun here and not completed, by path. */
  async unfinished(): Promise<(UnfinishedUpload & { path: string })[]> {
    const prefix = this.#prefix("")!;
    const found = await listUploads(this.#client, prefix);
    return found.map((upload) => ({
      ...upload,
      path: upload.key.slice(prefix.key.length),
    }));
  }

  /** Has the server forget the parts of an upload. */
  async abort({ key, id }: UnfinishedUpload): Promise<void> {
    const { bucket } = this.location;
    await abortUpload(this.#client, { bucket, key }, id);
  }

  /** Removes the copies on this machine. */
  [Symbol.dispose](): void {
    this.#spool[Symbol.dispose]();
  }
}
