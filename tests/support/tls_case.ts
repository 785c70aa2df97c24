/**
 * A file on a test server and a folder to fetch it into.
 *
 * @module
 */

import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  download,
  type DownloadOptions,
} from "../../pipeline/weights/download.ts";
import type { DownloadSource } from "../../pipeline/weights/download_source.ts";
import { tempDir } from "./temp_dir.ts";
import { type Answer, type TlsServer, tlsServer } from "./tls_server.ts";
import { integers } from "./random.ts";

const NUMBERS = integers(1);

/** The file that tests fetch: random bytes. */
export const BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(400_000)
  .map(() => NUMBERS(256));

/** SHA-256 of {@linkcode BYTES}. */
export const SHA256: string = await sha256(BYTES);

/** What came of a download. */
interface Downloaded {
  /** Bytes that came over the network. */
  fetchedBytes: number;
  /** Bytes of the file. */
  sizeBytes: number;
  /** SHA-256 of the file. */
  sha256: string;
}

/** A server, and a folder. */
export interface TlsCase extends AsyncDisposable {
  /** The server. */
  readonly server: TlsServer;
  /** Address of the file. */
  readonly url: string;
  /** Where the file goes. */
  readonly target: string;
  /** What requests are made with; it trusts the server unless it is replaced. */
  client: Deno.HttpClient;
  /** How many times faster the timers run, pauses between attempts apart, which take no time. */
  haste: number;
  /** Pauses that there would have been, in milliseconds, and their reasons. */
  readonly pauses: { delayMs: number; reason: string }[];
  /** Fetches the file; the address and what a test always needs are filled in. */
  get(
    source?: Partial<DownloadSource>,
    options?: Partial<DownloadOptions>,
  ): Promise<Downloaded>;
  /** Fetches until a part of the file is there, and cancels; returns the size of the part. */
  interrupt(fraction?: number): Promise<number>;
  /** Names of the files in the folder, sorted. */
  files(): Promise<string[]>;
}

/**
 * Starts a server with a file, and replaces `fetch` and `setTimeout` until the end.
 *
 * @param answer Answers the requests.
 * @returns The case; hold it with `await using`.
 */
export async function tlsCase(answer: Answer): Promise<TlsCase> {
  const folder = await tempDir();
  const server = await tlsServer(answer);
  const url = `${server.origin}/weights.pth`;
  const target = folder.join("cache", "weights.pth");
  const { fetch, setTimeout } = globalThis;
  const pauses: TlsCase["pauses"] = [];
  let isPausing = false;
  const get: TlsCase["get"] = async (source = {}, options = {}) => {
    const fetchedBytes = await download({ url, ...source }, target, {
      signal: new AbortController().signal,
      // The next timer is that of the pause.
      onRetry({ delayMs, reason }) {
        pauses.push({ delayMs, reason });
        isPausing = true;
      },
      ...options,
    });
    const bytes = await Deno.readFile(target);
    const digest = await sha256(bytes);
    return { fetchedBytes, sizeBytes: bytes.length, sha256: digest };
  };
  globalThis.fetch = (input, init) =>
    fetch(input, { ...init, client: it.client });
  globalThis.setTimeout = ((callback: () => void, delayMs: number) => {
    const soon = isPausing ? 0 : delayMs / it.haste;
    isPausing = false;
    return setTimeout(callback, soon);
  }) as typeof setTimeout;
  const it: TlsCase = {
    client: server.client,
    haste: 1,
    server,
    url,
    target,
    pauses,
    get,
    async interrupt(fraction = 0.3) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const onProgress = (event: { receivedBytes: number }) => {
        if (event.receivedBytes >= fraction * BYTES.length) {
          controller.abort(reason);
        }
      };
      const { signal } = controller;
      const error = await get({}, { signal, onProgress }).catch((e) => e);
      if (error !== reason) throw error;
      return (await Deno.stat(`${target}.part`)).size;
    },
    async files() {
      const entries = await Array.fromAsync(Deno.readDir(folder.join("cache")));
      return entries.map(({ name }) => name).sort();
    },
    async [Symbol.asyncDispose]() {
      Object.assign(globalThis, { fetch, setTimeout });
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
  return it;
}
