/** One request that brings a part closer to the whole file (an edge). */

import { DownloadError, TransientError } from "./download_error.ts";
import { readBody, request, Watchdog } from "./download_http.ts";
import { type Part, validatorOf } from "./download_part.ts";
import {
  checkEnd,
  checkSize,
  type DownloadSource,
  isPublished,
  MAX_BYTES,
} from "./download_source.ts";

/** How much of a file is there. */
export interface DownloadProgress {
  /** Bytes that are there, those of an earlier download included. */
  receivedBytes: number;
  /** Bytes of the file, if known. */
  totalBytes: number | undefined;
}

/** How an attempt is cancelled and reports. */
export interface AttemptContext {
  /** Cancels; the part stays. */
  signal: AbortSignal;
  /** Called for each piece of the body with its length and the progress. */
  onBytes: (count: number, progress: DownloadProgress) => void;
}

/** Whether the bytes of a part can be continued: mixed states must be noticed. */
function canResume(part: Part, source: DownloadSource): boolean {
  return part.sizeBytes > 0 &&
    (part.origin.validator !== undefined || isPublished(source));
}

/** Headers that ask for what is missing. */
function headersFor(part: Part): Record<string, string> {
  // Bytes are counted and digested as they are published, not as they travel.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (part.sizeBytes === 0) return headers;
  headers["range"] = `bytes=${part.sizeBytes}-`;
  const { validator } = part.origin;
  if (validator !== undefined) headers["if-range"] = validator;
  return headers;
}

/** Reads a `Content-Range`: `bytes 3-9/10`, and with a star for what is not known. */
function parseContentRange(headers: Headers): Partial<
  { start: number; total: number }
> {
  const text = headers.get("content-range") ?? "";
  const match = /^bytes (?:(\d+)-\d+|\*)\/(?:(\d+)|\*)$/.exec(text);
  const [, start, total] = match ?? [];
  return {
    ...(start !== undefined && { start: Number(start) }),
    ...(total !== undefined && { total: Number(total) }),
  };
}

/** Whether a server that was asked for the rest gives the rest of the same file. */
function continues(part: Part, response: Response): boolean {
  const { start, total } = parseContentRange(response.headers);
  const { validator, totalBytes } = part.origin;
  const found = validatorOf(response.headers);
  return part.sizeBytes > 0 && start === part.sizeBytes &&
    (total ?? totalBytes) === (totalBytes ?? total) &&
    (found ?? validator) === (validator ?? found);
}

/** Takes the answer that there are no bytes after those of the part. */
async function acceptEnd(
  part: Part,
  source: DownloadSource,
  headers: Headers,
): Promise<void> {
  const { sizeBytes } = part;
  const isWhole = parseContentRange(headers).total === sizeBytes;
  if (sizeBytes > 0 && isWhole) return checkWhole(source, sizeBytes);
  await part.clear();
  const reason = `the server has no bytes from ${sizeBytes} on`;
  if (sizeBytes > 0) throw new TransientError(reason);
  throw new DownloadError(source.url, reason);
}

/** Throws if the server says that the file is smaller than is published. */
function checkWhole(source: DownloadSource, totalBytes: number): void {
  const { url, sizeBytes = totalBytes } = source;
  if (totalBytes >= sizeBytes) return;
  const reason = `it has ${totalBytes} bytes, expected ${sizeBytes}`;
  throw new DownloadError(url, reason);
}

/** Makes the part ready for a body. */
async function accept(
  part: Part,
  source: DownloadSource,
  response: Response,
): Promise<void> {
  const { status, headers } = response;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    const reason = `it came in encoding "${encoding}", which was not asked for`;
    throw new DownloadError(source.url, reason);
  }
  if (status === 206) {
    if (continues(part, response)) return;
    await part.clear();
    throw new TransientError("the file has changed since the download began");
  }
  const length = headers.get("content-length");
  const totalBytes = length === null ? undefined : Number(length);
  if (totalBytes !== undefined) {
    checkSize(source, totalBytes);
    checkWhole(source, totalBytes);
  }
  await part.restart({ validator: validatorOf(headers), totalBytes });
}

/**
 * Fetches what a part lacks.
 *
 * A server that knows no ranges, or whose file is another by now, sends the whole
 * file; then the part starts over.
 *
 * @throws {DownloadError} If another attempt would not help.
 * @throws {TransientError} If another attempt may help; the part has what came.
 */
export async function attempt(
  part: Part,
  source: DownloadSource,
  context: AttemptContext,
): Promise<void> {
  const total = () => source.sizeBytes ?? part.origin.totalBytes;
  const isTooLong = part.sizeBytes > (total() ?? MAX_BYTES);
  if (isTooLong || !canResume(part, source)) await part.clear();
  if (part.sizeBytes > 0 && part.sizeBytes === total()) return;
  using watchdog = new Watchdog();
  const connection = { signal: context.signal, watchdog };
  const response = await request(source.url, headersFor(part), connection);
  try {
    if (response.status === 416) {
      return await acceptEnd(part, source, response.headers);
    }
    await accept(part, source, response);
    const report = (count: number) =>
      context.onBytes(count, {
        receivedBytes: part.sizeBytes,
        totalBytes: total(),
      });
    report(0);
    for await (const bytes of readBody(source.url, response, connection)) {
      const sizeBytes = part.sizeBytes + bytes.length;
      const isTooMuch = sizeBytes > Math.min(MAX_BYTES, total() ?? MAX_BYTES);
      if (isTooMuch) await part.clear();
      checkSize(source, sizeBytes);
      if (isTooMuch) throw new TransientError("more bytes came than announced");
      await part.append(bytes);
      report(bytes.length);
    }
  } finally {
    await response.body?.cancel().catch(() => {});
  }
  checkEnd(part.sizeBytes, total());
}
