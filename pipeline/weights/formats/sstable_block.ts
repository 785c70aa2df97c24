/**
 * Blocks of sorted tables: entries whose keys leave out what they share with the
 * key before.
 *
 * Source: https://github.com/google/leveldb/blob/main/table/block_builder.cc.
 */

import { decodeVarint, toUnsigned } from "./protobuf_varint.ts";
import { type Fail, failing } from "./format_errors.ts";

export type TableEntry = [key: Uint8Array, value: Uint8Array];

/**
 * Longest key, in bytes. A key costs what it does not share with the one before,
 * so without a limit a small file could ask for a lot of memory; names of
 * variables have fewer than 200 bytes.
 */
const MAX_KEY_BYTES = 1024;

/**
 * Decodes the entries of a block, in its order.
 *
 * @param block The block, decompressed and without its trailer.
 * @returns Keys, and values as views, one entry at a time.
 * @throws {FormatError} If the block is not valid, or a key is too long.
 */
export function* decodeBlock(
  block: Uint8Array,
  path: string,
): Generator<TableEntry, void> {
  const fail: Fail = failing(path);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  // Restarts are for searching; what matters here is where they start.
  const restarts = block.length < 4
    ? 0
    : view.getUint32(block.length - 4, true);
  const limit = block.length - 4 * (restarts + 1);
  if (limit < 0) {
    fail(
      `a block must hold its restarts: it has ${block.length} bytes and claims ${restarts}`,
    );
  }
  const entries = block.subarray(0, limit);
  let previous = new Uint8Array();
  for (let position = 0; position < limit;) {
    const shared = decodeVarint(entries, position, path);
    const unshared = decodeVarint(entries, shared.end, path);
    const value = decodeVarint(entries, unshared.end, path);
    const [prefix, rest, size] = [shared, unshared, value].map(toUnsigned) as [
      number,
      number,
      number,
    ];
    if (prefix > previous.length) {
      fail(
        `a key must share at most the ${previous.length} bytes of the key before: it claims ${prefix}`,
      );
    }
    if (prefix + rest > MAX_KEY_BYTES) {
      fail(
        `a key must have at most ${MAX_KEY_BYTES} bytes: it claims ${
          prefix + rest
        }`,
      );
    }
    const valueStart = value.end + rest;
    position = valueStart + size;
    if (position > limit) {
      fail(
        `an entry must end where its block ends, at ${limit}: it claims to end at ${position}`,
      );
    }
    const key = new Uint8Array(prefix + rest);
    key.set(previous.subarray(0, prefix));
    key.set(entries.subarray(value.end, valueStart), prefix);
    previous = key;
    yield [key, entries.subarray(valueStart, position)];
  }
}
