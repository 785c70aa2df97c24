/**
 * Reading an object whole: a small one in one request, a large one in ranges.
 */

import { ObjectStoreError } from "../errors.ts";
import { mapInOrder } from "../map_in_order.ts";
import type { Answer } from "./request.ts";

/** Most bytes of an object that is read whole. */
const MAX_WHOLE_BYTES = 2 ** 32;

/** Bytes that are read at a time. */
const RANGE_BYTES = 8 * 2 ** 20;

/** Ranges that are read at once. */
const RANGES_AT_ONCE = 4;

/** Tries of an object that is another each time its rest is read. */
const ATTEMPTS = 5;

/** Reads of an object; `undefined` where there is none. */
interface ObjectReads {
  /** What it is called, for errors. */
  path: string;
  /** Asks for all of it, and reads its first bytes. */
  readStart: (firstBytes: number) => Promise<Answer | undefined>;
  /** Reads a range, if the object is the one that a condition names. */
  readRange: (
    start: number,
    end: number,
    condition: Record<string, string>,
  ) => Promise<Answer | undefined>;
}

/**
 * Reads a large object to its end: a connection that breaks costs one range, and
 * several come faster than one.
 *
 * @returns All bytes; `undefined` if the object is another by now.
 */
async function readRest(
  { headers, bytes }: Answer,
  { path, readRange }: ObjectReads,
): Promise<Uint8Array | undefined> {
  const announced = headers.get("content-length");
  if (announced === null) {
    throw new ObjectStoreError(
      `Cannot read "${path}" as the server must say how long an object of more than ${RANGE_BYTES} bytes is: it sends no Content-Length`,
    );
  }
  const total = Number(announced);
  if (!(total <= MAX_WHOLE_BYTES)) {
    throw new ObjectStoreError(
      `Cannot read "${path}" as an object that is read whole may have ${MAX_WHOLE_BYTES} bytes: it has ${total}`,
    );
  }
  const starts = [];
  for (let start = bytes.length; start < total; start += RANGE_BYTES) {
    starts.push(start);
  }
  const condition = { "if-match": headers.get("etag") ?? "*" };
  const rest = mapInOrder(starts, RANGES_AT_ONCE, (start) => {
    const end = Math.min(start + RANGE_BYTES, total);
    return readRange(start, end, condition);
  });
  const whole = new Uint8Array(total);
  whole.set(bytes);
  let filled = bytes.length;
  for await (const answer of rest) {
    const isOther = answer === undefined || answer.status !== 206 ||
      answer.bytes.length !== Math.min(RANGE_BYTES, total - filled);
    if (isOther) return undefined;
    whole.set(answer.bytes, filled);
    filled += answer.bytes.length;
  }
  return whole;
}

/**
 * Reads an object whole: all bytes are of one state of it.
 *
 * @returns Its bytes; `undefined` where there is none.
 * @throws {ObjectStoreError} If it is too large, or changes each time it is read.
 */
export async function readWhole(
  object: ObjectReads,
): Promise<Uint8Array | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const start = await object.readStart(RANGE_BYTES);
    if (start === undefined) return undefined;
    if (start.bytes.length < RANGE_BYTES) return start.bytes;
    const whole = await readRest(start, object);
    // Where it was replaced meanwhile, it is read again.
    if (whole !== undefined) return whole;
  }
  throw new ObjectStoreError(
    `Cannot read "${object.path}" as its bytes must be of one state: it changed while it was read, ${ATTEMPTS} times`,
  );
}
