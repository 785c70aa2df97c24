/** Answers that come in time and to their end (an edge: a clock). */

import { concat } from "@std/bytes/concat";
import { ObjectStoreError } from "../errors.ts";

/** How long no byte may come, in milliseconds. */
const STALL_MS = 30_000;

/** Bytes a millisecond that a body is sent with at least: 128 KiB a second. */
const LEAST_RATE = 128;

/** Gives a signal when an answer does not come, or not any further. */
export class AnswerWatch implements Disposable {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts to watch.
   *
   * @param sentBytes Bytes that are sent first; how far that is cannot be seen.
   */
  constructor(sentBytes: number) {
    this.feed(STALL_MS + sentBytes / LEAST_RATE);
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Says that bytes have come. */
  feed(limitMs = STALL_MS): void {
    clearTimeout(this.#timer);
    const error = new Error(`nothing came for ${Math.round(limitMs / 1000)} s`);
    this.#timer = setTimeout(() => this.#controller.abort(error), limitMs);
  }

  /** Stops to watch. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Reads the body of a response to its end, or as far as is wanted.
 *
 * Memory grows with the bytes that have come, and not by what the server announces.
 *
 * @param options Most bytes that it may have, bytes after which the rest is not read, and whether it announces a body that does not come.
 * @throws {ObjectStoreError} If it has more.
 * @throws {Error} If it ends before what is announced, or stops to come.
 */
export async function readBody(
  response: Response,
  watch: AnswerWatch,
  options: { maxBytes: number; firstBytes?: number; isHead: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes, firstBytes = Infinity, isHead } = options;
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the body.
  for await (const part of response.body ?? []) {
    watch.feed();
    parts.push(part);
    length += part.length;
    if (length > firstBytes) {
      parts.push(parts.pop()!.subarray(0, firstBytes - length));
      return concat(parts);
    }
    if (length <= maxBytes) continue;
    const { host } = new URL(response.url);
    throw new ObjectStoreError(
      `Cannot read an answer of "${host}" as it may have at most ${maxBytes} bytes: it has more`,
    );
  }
  const announced = response.headers.get("content-length");
  if (!isHead && announced !== null && Number(announced) !== length) {
    throw new Error(`${length} of ${announced} bytes came`);
  }
  return concat(parts);
}
