/** Reading the body of a request: no more than may be, and not for ever. */

import type { Ticket } from "./admission.ts";
import { ApiError } from "./api_error.ts";
import { type Deadline, startDeadline } from "./deadline.ts";

/** Most bytes of a body that is read to be forgotten. */
const MOST_DISCARDED = 2 ** 20;

/** Longest time for that, in milliseconds. */
const DISCARD_MS = 1000;

/**
 * Chunks of a body that are read in one turn. Those that are there already come without
 * a turn of the event loop: millions of them would keep timers and other requests waiting.
 */
const CHUNKS_A_TURN = 16;

/** Most bytes of a body that is read in one piece, which takes half the time. */
const MOST_IN_ONE_PIECE = 2 ** 16;

/** How a body is read. */
export interface BodyOptions {
  /** Most bytes. */
  most: number;
  /** Takes room for what is read. */
  ticket: Pick<Ticket, "takeBytes">;
  /** The time there is. */
  deadline: Deadline;
}

/** Says that a body is too large. */
function tooLarge(most: number): ApiError {
  return new ApiError(
    "body_too_large",
    `Cannot take the body as it may have ${most} bytes: it has more`,
  );
}

/** Bytes that come in parts, in one array: a part of a byte costs a byte. */
class GrowingBytes {
  #bytes = new Uint8Array(0);
  length = 0;

  add(part: Uint8Array<ArrayBuffer>): void {
    const length = this.length + part.length;
    if (this.length === 0) {
      // A body that comes in one part is not copied.
      this.#bytes = part;
    } else {
      if (length > this.#bytes.length) {
        const larger = new Uint8Array(Math.max(length, 2 * this.length));
        larger.set(this.whole());
        this.#bytes = larger;
      }
      this.#bytes.set(part, this.length);
    }
    this.length = length;
  }

  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Lets go of the bytes: a read that nobody waits for any more may last for hours. */
  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.length = 0;
  }
}

/** Says that a body does not come. */
function tooSlow(): ApiError {
  return new ApiError(
    "body_too_slow",
    "Cannot take the body as it did not come in time",
  );
}

/** Says that a body is cut off. */
function cutOff(cause: unknown): never {
  const error = new ApiError(
    "bad_request",
    "Cannot read the body: it is cut off",
  );
  throw Object.assign(error, { cause });
}

/**
 * Reads the body of a request.
 *
 * A body that comes in chunks, or is too large by what it claims, is refused before a
 * byte is read: chunks of a byte each keep Deno's server busy for minutes.
 *
 * @throws {ApiError} If it comes in chunks, is too large, too slow or cut off, or there
 * is no room for it.
 */
export async function readBody(
  request: Request,
  options: BodyOptions,
): Promise<Uint8Array> {
  const { most, ticket, deadline } = options;
  const { headers } = request;
  if (headers.has("transfer-encoding")) {
    throw new ApiError(
      "length_required",
      "Cannot take the body as Content-Length must say how long it is: it comes in chunks",
    );
  }
  const claim = headers.get("content-length");
  const length = claim === null ? NaN : Number(claim);
  if (length > most) throw tooLarge(most);
  if (length <= MOST_IN_ONE_PIECE) {
    ticket.takeBytes(length);
    return await deadline.wait(request.bytes().catch(cutOff), tooSlow);
  }
  if (request.body === null) return new Uint8Array(0);
  const reader = request.body.getReader();
  const bytes = new GrowingBytes();
  const readAll = async () => {
    try {
      for (let chunks = 1;; chunks++) {
        if (chunks % CHUNKS_A_TURN === 0) {
          await new Promise((next) => setTimeout(next));
        }
        const { done, value } = await reader.read().catch(cutOff);
        // Then nobody waits for the bytes, and their room is given back.
        if (done || deadline.signal.aborted) return bytes.whole();
        if (bytes.length + value.length > most) throw tooLarge(most);
        ticket.takeBytes(value.length);
        bytes.add(value);
      }
    } finally {
      // Not while a part is waited for: Deno 2.9 then keeps what has come for good.
      reader.cancel().catch(() => {});
    }
  };
  try {
    return await deadline.wait(readAll(), tooSlow);
  } finally {
    bytes.clear();
  }
}

/**
 * Reads what is left of a small body, and forgets it: a client that is answered
 * while it sends takes that for a broken connection. A large one is broken off.
 */
export async function discardBody(request: Request): Promise<boolean> {
  if (request.bodyUsed || request.body === null) return true;
  const length = request.headers.get("content-length");
  if (length === null || Number(length) > MOST_DISCARDED) return false;
  using deadline = startDeadline(DISCARD_MS);
  const all = request.body.pipeTo(new WritableStream(), deadline);
  return await all.then(() => true, () => false);
}
