/**
 * Fetches weight files: complete or absent, verified, resumed (an edge).
 *
 * Reads the network; writes `<target>` and, beside it, `.part` and `.part.json`
 * while it is under way, `.sha256` where less than a whole SHA-256 is published,
 * and `.lock`. A file under its own name has been digested after its last byte was
 * written.
 *
 * Proxies: `fetch` itself goes by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (and
 * their lowercase names); it needs permission for the server but neither for the
 * proxy nor for the variables. A proxy with a certificate of its own needs
 * `DENO_TLS_CA_STORE=system` or `DENO_CERT`. Checked with Deno 2.9.6.
 *
 * @module
 */

import { dirname } from "@std/path";
import { makeFolder, syncFolder } from "../artifact/durable_folder.ts";
import { digestFile, readRecord, verifyCached, writeRecord } from "./cache.ts";
import { attempt, type DownloadProgress } from "./download_attempt.ts";
import {
  DownloadError,
  TransientError,
  WrongDigestError,
} from "./download_error.ts";
import { lockTarget } from "./download_lock.ts";
import { Part } from "./download_part.ts";
import { defaultBackoffMs, sleep } from "./download_retry.ts";
import {
  checkSize,
  checkSource,
  type DownloadSource,
  findMismatch,
  needsRecord,
} from "./download_source.ts";

/** Most bytes of a file: ten times a ResNet-101 in F32, of which there is no larger. */
const MAX_BYTES = 2 * 1024 ** 3;

/** Failures in a row that are forgiven: half a minute with the pauses between. */
const RETRIES = 5;

/** How long no byte may come. */
const STALL_MS = 30_000;

/** Bytes that end a row of failures: an attempt that brings this much was worth it. */
const HEADWAY_BYTES = 1024 * 1024;

/** How to fetch. */
export interface DownloadOptions {
  /** Cancels; what is there stays for the next time. */
  signal: AbortSignal;
  /** Hears of each piece that is written, some 10,000 for a ResNet-101. */
  onProgress?: (event: DownloadProgress) => void;
  /** Hears, before a pause, why there is one, how long, and after how many failures in a row. */
  onRetry?: (
    event: { attempt: number; delayMs: number; reason: string },
  ) => void;
  /** Hears, once, that another process is fetching the same file. */
  onWait?: () => void;
  /** Certificates and proxy, where not those of the system. */
  client?: Deno.HttpClient;
  /** Failures in a row that are forgiven; 5 by default. */
  retries?: number;
  /** How long no byte may come, in milliseconds; 30,000 by default. */
  stallMs?: number;
  /** Pause after a number of failures in a row, in milliseconds. */
  backoffMs?: (attempt: number) => number;
  /** Waits; rejects with the reason of the signal when that is aborted. */
  sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>;
  /** Most bytes of the file; 2 GiB by default. */
  maxBytes?: number;
}

/** A file that is there. */
export interface Downloaded {
  /** Its path. */
  path: string;
  /** Its size. */
  sizeBytes: number;
  /** SHA-256 of its bytes, in hex. */
  sha256: string;
  /** Bytes that came over the network, those in vain included; 0 if it was there before. */
  fetchedBytes: number;
}

/** Fetches until the part is whole; returns how many bytes came. */
async function fetchPart(
  part: Part,
  source: DownloadSource,
  options: DownloadOptions,
): Promise<number> {
  const { signal, retries = RETRIES, backoffMs = defaultBackoffMs } = options;
  let fetchedBytes = 0;
  const context = {
    signal,
    client: options.client,
    stallMs: options.stallMs ?? STALL_MS,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    onBytes(count: number, progress: DownloadProgress) {
      fetchedBytes += count;
      options.onProgress?.(progress);
    },
  };
  // The most that was ever there: starting over again and again is no headway.
  let mostBytes = part.sizeBytes;
  for (let failures = 1;; failures++) {
    try {
      await attempt(part, source, context);
      return fetchedBytes;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (part.sizeBytes >= mostBytes + HEADWAY_BYTES) {
        failures = 1;
        mostBytes = part.sizeBytes;
      }
      const reason = error.message;
      if (failures > retries) {
        const times = failures > 1 ? ` (${failures} times in a row)` : "";
        throw new DownloadError(source.url, reason + times, { cause: error });
      }
      const delayMs = Math.max(backoffMs(failures), error.retryAfterMs);
      options.onRetry?.({ attempt: failures, delayMs, reason });
      await (options.sleep ?? sleep)(delayMs, signal);
    }
  }
}

/** Digests a whole part and removes it if it is wrong; returns size and SHA-256. */
async function verifyPart(
  part: Part,
  source: DownloadSource,
  target: string,
  signal: AbortSignal,
): Promise<{ sizeBytes: number; sha256: string }> {
  const digests = await digestFile(part.path, source, signal);
  const recorded = await readRecord(target);
  const mismatch = findMismatch(source, recorded, digests);
  if (mismatch !== undefined) {
    await part.remove();
    const those = mismatch.from === "published"
      ? "the published ones"
      : "those of the first download";
    const message =
      `Cannot download "${source.url}" as its bytes are not ${those}`;
    throw new WrongDigestError(message, target, mismatch);
  }
  const { sizeBytes, sha256 } = digests;
  return { sizeBytes, sha256 };
}

/** Records the SHA-256 of a file that is used for the first time. */
async function recordFirst(
  source: DownloadSource,
  target: string,
  sha256: string,
): Promise<void> {
  if (!needsRecord(source) || await readRecord(target) !== undefined) return;
  await writeRecord(target, sha256);
}

/** Returns the file if it is there and right. */
async function findCached(
  source: DownloadSource,
  target: string,
  signal: AbortSignal,
): Promise<Downloaded | undefined> {
  const cached = await verifyCached(source, target, { signal });
  if (cached === undefined) return undefined;
  const { sizeBytes, sha256 } = cached;
  await recordFirst(source, target, sha256);
  return { path: target, sizeBytes, sha256, fetchedBytes: 0 };
}

/**
 * Fetches a file, unless it is there and right.
 *
 * An interrupted download is continued by the next call; a process that finds
 * another one at it waits and uses what that has fetched.
 *
 * @param source Where the file is, and what is published of it.
 * @param target Absolute path of the finished file; folders on the way are created.
 * @throws {DownloadError} If it cannot be had; the part stays where it can be continued.
 * @throws {DigestMismatchError} If its bytes are not those that are published or recorded.
 * @throws {FormatError} If a file that is there has another size than is published.
 */
export async function download(
  source: DownloadSource,
  target: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { signal, maxBytes = MAX_BYTES } = options;
  signal.throwIfAborted();
  checkSource(source);
  checkSize(source, source.sizeBytes ?? 0, maxBytes);
  const there = await findCached(source, target, signal);
  if (there !== undefined) return there;
  const folder = dirname(target);
  await makeFolder(folder);
  using _lock = await lockTarget(target, {
    signal,
    sleep: options.sleep ?? sleep,
    onWait: options.onWait,
  });
  const fetched = await findCached(source, target, signal);
  if (fetched !== undefined) return fetched;
  using part = await Part.open(target, source.url);
  let fetchedBytes: number;
  try {
    fetchedBytes = await fetchPart(part, source, options);
    await part.sync();
  } catch (error) {
    if (part.sizeBytes === 0) await part.remove();
    throw error;
  }
  const { sizeBytes, sha256 } = await verifyPart(part, source, target, signal);
  await recordFirst(source, target, sha256);
  await Deno.rename(part.path, target);
  await syncFolder(folder);
  await part.forget();
  return { path: target, sizeBytes, sha256, fetchedBytes };
}
