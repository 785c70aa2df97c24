/**
 * Sorted tables of keys and values, the container of TensorFlow's checkpoints.
 *
 * Layout: data blocks, an index block of where they lie, and a footer of 48
 * bytes that says where the index is. A block is followed by a byte for its
 * compression and the masked CRC-32C of both. Values are views into the file,
 * without a copy, unless their block is compressed.
 *
 * Blocks are read in the order of the file and must not overlap, so the work is
 * in proportion to the size of the file, whatever the index says.
 *
 * Source: https://github.com/google/leveldb/blob/main/doc/table_format.md;
 * TensorFlow writes the same, https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/io/format.h.
 */

import { crc32c, maskCrc32c } from "../../artifact/crc32c.ts";
import { decodeVarint, toUnsigned } from "./protobuf_varint.ts";
import { decodeBlock, type TableEntry } from "./sstable_block.ts";
import { type Fail, failing, formatCrc } from "./format_errors.ts";
import { decodeSnappySize, decompressSnappy } from "./sstable_snappy.ts";

/** Last 8 bytes of a table, as two integers, the lower half first. */
const MAGIC: readonly [number, number] = [0x8b80fb57, 0xdb477524];

/** Bytes of the footer: two handles, padding, the magic number. */
export const FOOTER_BYTES = 48;

/** Bytes after a block: its compression, and the checksum. */
const TRAILER_BYTES = 5;

/** Most entries of a table: a ResNet-101 with its optimizer has fewer than 3,000. */
export const MAX_ENTRIES = 65_536;

/** Most bytes that the blocks of a file may decompress to: twice the weights of a ResNet-152. */
const MAX_TABLE_SNAPPY_BYTES = 512 * 2 ** 20;

/** Where a block lies. */
interface BlockHandle {
  /** Its first byte, from the start of the file. */
  offset: number;
  /** Its size in bytes, without the trailer. */
  size: number;
  /** The byte after the handle itself. */
  end: number;
}

/** Says whether a file ends as a table does. */
export function isTable(bytes: Uint8Array): boolean {
  if (bytes.length < FOOTER_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(bytes.length - 8, true) === MAGIC[0] &&
    view.getUint32(bytes.length - 4, true) === MAGIC[1];
}

/** Decodes the handle of a block. */
function decodeHandle(
  bytes: Uint8Array,
  start: number,
  path: string,
): BlockHandle {
  const offset = decodeVarint(bytes, start, path);
  const size = decodeVarint(bytes, offset.end, path);
  return { offset: toUnsigned(offset), size: toUnsigned(size), end: size.end };
}

/** Checks a block and takes it out of the file; `limit` is where it must have ended. */
function readBlock(
  bytes: Uint8Array,
  { offset, size }: BlockHandle,
  options: { limit: number; path: string; budget: { bytes: number } },
): Uint8Array {
  const { limit, path, budget } = options;
  const fail: Fail = failing(path);
  const end = offset + size;
  if (end + TRAILER_BYTES > limit) {
    fail(
      `a block must end before byte ${limit}: one of ${size} bytes is said to start at ${offset}`,
      { byteOffset: Math.min(offset, limit) },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = view.getUint32(end + 1, true);
  const actual = maskCrc32c(crc32c(bytes.subarray(offset, end + 1)));
  if (actual !== expected) {
    fail(
      `the masked CRC-32C of the block at ${offset} must be ${
        formatCrc(expected)
      }: it is ${formatCrc(actual)}`,
      { byteOffset: offset },
    );
  }
  const block = bytes.subarray(offset, end);
  const compression = bytes[end];
  if (compression === 0) return block;
  if (compression !== 1) {
    fail(
      `the compression of the block at ${offset} must be 0 or 1: it is ${compression}`,
      { byteOffset: end },
    );
  }
  budget.bytes -= decodeSnappySize(block, path).size;
  if (budget.bytes < 0) {
    fail(
      `its blocks must decompress to at most ${MAX_TABLE_SNAPPY_BYTES} bytes: they claim more`,
      { byteOffset: offset },
    );
  }
  return decompressSnappy(block, path);
}

/** Says whether key `a` sorts before key `b`, byte by byte. */
function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return a.length < b.length;
}

/**
 * Reads the entries of a table, in the order of their keys.
 *
 * Blocks are read, and their checksums verified, as their entries are asked for.
 *
 * @throws {FormatError} If the file is not a table, is damaged, or is beyond a limit.
 */
export function* readTable(
  bytes: Uint8Array,
  path: string,
): Generator<TableEntry, void> {
  const fail: Fail = failing(path);
  if (!isTable(bytes)) {
    fail(
      `it must end with the magic bytes 57fb808b247547db: its ${bytes.length} bytes do not`,
      { byteOffset: Math.max(0, bytes.length - 8) },
    );
  }
  const limit = bytes.length - FOOTER_BYTES;
  const footer = bytes.subarray(limit, bytes.length - 8);
  const metaindex = decodeHandle(footer, 0, path);
  const index = decodeHandle(footer, metaindex.end, path);
  const options = { path, budget: { bytes: MAX_TABLE_SNAPPY_BYTES } };
  const indexBlock = readBlock(bytes, index, { ...options, limit });
  let next = 0;
  let count = 0;
  let previous: Uint8Array | undefined;
  for (const [, value] of decodeBlock(indexBlock, path)) {
    const handle = decodeHandle(value, 0, path);
    if (handle.offset < next) {
      fail(
        `blocks must follow each other: one is said to start at ${handle.offset}, the one before ends at ${next}`,
        { byteOffset: handle.offset },
      );
    }
    const block = readBlock(bytes, handle, { ...options, limit: index.offset });
    next = handle.offset + handle.size + TRAILER_BYTES;
    for (const entry of decodeBlock(block, path)) {
      if (++count > MAX_ENTRIES) {
        fail(`it must have at most ${MAX_ENTRIES} entries: it has more`);
      }
      if (previous !== undefined && !isBefore(previous, entry[0])) {
        fail(
          `each key must sort after the one before: entry ${count} does not`,
        );
      }
      previous = entry[0];
      yield entry;
    }
  }
}
