/**
 * Requests over https, with redirects followed by hand, and given up when nothing
 * comes (an edge: network and clock).
 *
 * `fetch` follows a redirect from https to plain http without a word; here each
 * address on the way must be https, since eight hex digits of a digest, or none,
 * do not stop someone on the line.
 */

import { DownloadError, TransientError } from "./download_error.ts";
import { retryAfterMs } from "../retry.ts";

/** How long no byte may come, in milliseconds. */
const STALL_MS = 30_000;

/** Gives a signal when no byte has come for {@linkcode STALL_MS}. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Aborted once the time is over, with a reason to try again. */
  readonly signal: AbortSignal = this.#controller.signal;

  /** Starts to watch. */
  constructor() {
    this.feed();
  }

  /** Says that bytes have come. */
  feed(): void {
    clearTimeout(this.#timer);
    const reason = `no bytes came for ${STALL_MS / 1000} s`;
    const bark = () => this.#controller.abort(new TransientError(reason));
    this.#timer = setTimeout(bark, STALL_MS);
  }

  /** Stops to watch, until it is fed. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** Stops to watch. */
  [Symbol.dispose](): void {
    this.rest();
  }
}

/** Most redirects of a file; Hugging Face needs two, browsers allow twenty. */
const MAX_REDIRECTS = 10;

/** Statuses that send elsewhere. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** What the next attempt may find otherwise, as all from 500: time-out, too early, too many. */
const TRANSIENT: readonly number[] = [408, 425, 429];

/** How a request is cancelled and watched. */
export interface RequestContext {
  /** Cancels everything. */
  signal: AbortSignal;
  /** Notices that nothing comes. */
  watchdog: Watchdog;
}

/** Writes an address without its query, which may hold a signature. */
function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** What the operating system or TLS said, without the address and the layers above. */
function detailOf(error: unknown): string {
  const { message, cause } = error as Error;
  const text = cause instanceof Error ? cause.message : message;
  return text.replace(/^error sending request .*?: client error \(\w+\): /, "");
}

/** Turns what `fetch` or a body throws into an error that says whether to retry. */
function explain(
  error: unknown,
  url: string,
  context: RequestContext,
  doing: string,
): unknown {
  if (context.signal.aborted) return context.signal.reason;
  const { watchdog } = context;
  if (watchdog.signal.aborted) return watchdog.signal.reason;
  if (error instanceof Deno.errors.NotCapable) {
    const reason = `this task has no permission for it: ${error.message}`;
    return new DownloadError(url, reason, { cause: error });
  }
  const reason = `${doing}: ${detailOf(error)}`;
  return reason.includes("invalid peer certificate")
    ? new DownloadError(url, reason, { cause: error })
    : new TransientError(reason, { cause: error });
}

/** Turns a status that is none of success into an error that says whether to retry. */
function explainStatus(url: string, at: URL, response: Response): Error {
  const { status, statusText, headers } = response;
  const reason = `"${at.host}" answered ${`${status} ${statusText}`.trim()}`;
  if (!TRANSIENT.includes(status) && status < 500) {
    return new DownloadError(url, reason);
  }
  const header = headers.get("retry-after");
  return new TransientError(reason, {
    retryAfterMs: retryAfterMs(header, Date.now()),
  });
}

/** Returns where a response sends to, or `undefined` if it does not. */
function redirectOf(url: string, at: URL, response: Response): URL | undefined {
  if (!REDIRECTS.includes(response.status)) return undefined;
  const location = response.headers.get("location");
  if (location === null || !URL.canParse(location, at)) {
    throw new DownloadError(url, `"${nameOf(at)}" redirects to nowhere`);
  }
  const next = new URL(location, at);
  if (next.protocol !== "https:") {
    const reason = `it redirects to "${nameOf(next)}", which is not https`;
    throw new DownloadError(url, reason);
  }
  return next;
}

/**
 * Asks for a file.
 *
 * @param headers Headers of the request, sent to each address on the way.
 * @returns A response with status 200, 206 or 416; its body has to be read or cancelled.
 * @throws {DownloadError} If the server refuses, or redirects to plain http, or forever.
 * @throws {TransientError} If the next attempt may do better.
 */
export async function request(
  url: string,
  headers: Record<string, string>,
  context: RequestContext,
): Promise<Response> {
  const { watchdog } = context;
  const signal = AbortSignal.any([context.signal, watchdog.signal]);
  let at = new URL(url);
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    let response: Response;
    try {
      response = await fetch(at, { redirect: "manual", headers, signal });
    } catch (error) {
      throw explain(error, url, context, `"${at.host}" cannot be reached`);
    }
    if ([200, 206, 416].includes(response.status)) return response;
    await response.body?.cancel();
    const next = redirectOf(url, at, response);
    if (next === undefined) throw explainStatus(url, at, response);
    at = next;
    watchdog.feed();
  }
  const reason = `it redirects more than ${MAX_REDIRECTS} times`;
  throw new DownloadError(url, reason);
}

/**
 * Gives the bytes of a response as they come.
 *
 * @param context Signal and watchdog; the watchdog is fed here.
 * @throws {TransientError} If the connection breaks or nothing comes any more.
 */
export async function* readBody(
  url: string,
  response: Response,
  context: RequestContext,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of response.body ?? []) {
      // A slow disk is no reason to give up on the server.
      context.watchdog.rest();
      yield bytes;
      context.watchdog.feed();
    }
  } catch (error) {
    throw explain(error, url, context, "the connection was lost");
  }
}
