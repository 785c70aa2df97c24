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
 * proxy nor for the variables. A proxy with its own certificate needs
 * `DENO_TLS_CA_STORE=system` or `DENO_CERT`. Checked with Deno 2.9.6.
 */

import { dirname } from "../path.ts";
import { makeFolder, syncFolder } from "../artifact/write_content.ts";
import { digestFile, readRecord, verifyCached, writeRecord } from "./cache.ts";
import { attempt, type DownloadProgress } from "./download_attempt.ts";
import {
  DownloadError,
  TransientError,
  WrongDigestError,
} from "./download_error.ts";
import { Part } from "./download_part.ts";
import { backoffMs, sleep } from "../retry.ts";
import {
  checkSize,
  checkSource,
  type DownloadSource,
  findMismatch,
  needsRecord,
} from "./download_source.ts";

/** Failures in a row before it gives up: half a minute with the pauses. */
const RETRIES = 5;

/** Pause between two tries to take a lock, in milliseconds; a blocking wait could not be cancelled. */
const POLL_MS = 250;

/** Bytes after which failures are counted from 1 again. */
const HEADWAY_BYTES = 1024 * 1024;

/** How to fetch. */
export interface DownloadOptions {
  /** Cancels; the bytes so far stay, and the next call continues. */
  signal: AbortSignal;
  /** Called for each piece that is written, some 10,000 for a ResNet-101. */
  onProgress?: (event: DownloadProgress) => void;
  /** Called before a pause: failures in a row, how long it is, and why. */
  onRetry?: (
    event: { attempt: number; delayMs: number; reason: string },
  ) => void;
  /** Called once if another process is fetching the same file. */
  onWait?: () => void;
}

/**
 * Takes the lock of a file, and waits while another process has it.
 *
 * The lock is on `<target>.lock`, which stays: removing it would let a process that
 * has opened it hold a lock that nobody else sees. The operating system drops the
 * lock of a process that dies, however it dies.
 */
async function lockTarget(
  target: string,
  { signal, onWait }: DownloadOptions,
): Promise<Disposable> {
  const file = await Deno.open(`${target}.lock`, { create: true, write: true });
  try {
    for (let looks = 0; !await file.tryLock(true); looks++) {
      if (looks === 0) onWait?.();
      await sleep(POLL_MS, signal);
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Fetches until the part is whole; returns how many bytes came. */
async function fetchPart(
  part: Part,
  source: DownloadSource,
  options: DownloadOptions,
): Promise<number> {
  let fetchedBytes = 0;
  const context = {
    signal: options.signal,
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
      if (failures > RETRIES) {
        const times = failures > 1 ? ` (${failures} times in a row)` : "";
        throw new DownloadError(source.url, reason + times, { cause: error });
      }
      const delayMs = Math.max(backoffMs(failures), error.retryAfterMs);
      options.onRetry?.({ attempt: failures, delayMs, reason });
      await sleep(delayMs, options.signal);
    }
  }
}

/** Digests a whole part and removes it if it is wrong; returns its SHA-256. */
async function verifyPart(
  part: Part,
  source: DownloadSource,
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const digests = await digestFile(part.path, source, signal);
  const recorded = await readRecord(target);
  const mismatch = findMismatch(source, recorded, digests);
  if (mismatch === undefined) return digests.sha256;
  await part.remove();
  const those = mismatch.from === "published"
    ? "the published ones"
    : "those of the first download";
  const message =
    `Cannot download "${source.url}" as its bytes are not ${those}`;
  throw new WrongDigestError(message, target, mismatch);
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

/** Says whether the file is there and right, and records its SHA-256. */
async function findCached(
  source: DownloadSource,
  target: string,
  signal: AbortSignal,
): Promise<boolean> {
  const sha256 = await verifyCached(source, target, { signal });
  if (sha256) await recordFirst(source, target, sha256);
  return sha256 !== undefined;
}

/**
 * Fetches a file, unless it is there and right.
 *
 * An interrupted download is continued by the next call; a process that finds
 * another one at it waits and uses what that has fetched.
 *
 * @param target Absolute path of the finished file; folders on the way are created.
 * @returns Bytes that came over the network, discarded ones included; 0 if the file was complete.
 * @throws {DownloadError} If it cannot be fetched; a part that can be continued stays.
 * @throws {DigestMismatchError} If its bytes are not those that are published or recorded.
 * @throws {FormatError} If a file that is there has another size than is published.
 */
export async function download(
  source: DownloadSource,
  target: string,
  options: DownloadOptions,
): Promise<number> {
  const { signal } = options;
  signal.throwIfAborted();
  checkSource(source);
  checkSize(source, source.sizeBytes ?? 0);
  if (await findCached(source, target, signal)) return 0;
  const folder = dirname(target);
  await makeFolder(folder);
  using _lock = await lockTarget(target, options);
  if (await findCached(source, target, signal)) return 0;
  using part = await Part.open(target, source.url);
  let fetchedBytes: number;
  try {
    fetchedBytes = await fetchPart(part, source, options);
    await part.sync();
  } catch (error) {
    if (part.sizeBytes === 0) await part.remove();
    throw error;
  }
  const sha256 = await verifyPart(part, source, target, signal);
  await recordFirst(source, target, sha256);
  await Deno.rename(part.path, target);
  await syncFolder(folder);
  await part.forget();
  return fetchedBytes;
}
