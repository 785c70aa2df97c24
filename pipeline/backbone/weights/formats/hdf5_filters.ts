/**
 * Filters of chunks in an HDF5 file: deflate, shuffle and Fletcher's checksum.
 *
 * Source: section IV.A.2.l of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html; the checksum as
 * H5_checksum_fletcher32 of https://github.com/HDFGroup/hdf5.
 *
 * @module
 */

import { Unzlib } from "fflate";
import type { Hdf5Bytes } from "./hdf5_bytes.ts";
import { findMessage, MESSAGE, type Message } from "./hdf5_header.ts";

/** Numbers of the filters. */
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;

/** Most filters of a dataset: each of the three once. */
const MAX_FILTERS = 3;

/** Numbers from here on are not of HDF5 itself; their filters have names. */
const FIRST_NAMED = 256;

/** Bytes of the checksum. */
const CHECKSUM_BYTES = 4;

/**
 * Compressed bytes given to inflate at once. They become 16 MB at most before
 * their size is looked at.
 */
const INFLATE_BYTES = 2 ** 14;

/**
 * Reads which filters the chunks of a dataset went through.
 *
 * @param file The file.
 * @param messages The messages of its header.
 * @returns Numbers of the filters, in the order of writing.
 * @throws {FormatError} If a filter is not known.
 */
export function readFilters(
  file: Hdf5Bytes,
  messages: readonly Message[],
): number[] {
  const message = findMessage(file, messages, MESSAGE.filters);
  if (!message) return [];
  const version = file.u8(message.at);
  const count = file.u8(message.at + 1);
  if (count > MAX_FILTERS || (version !== 1 && version !== 2)) {
    file.fail(
      `a weight must have at most ${MAX_FILTERS} filters, of version 1 or 2: one has ${count}, of version ${version}`,
      message.at,
    );
  }
  const filters: number[] = [];
  let at = message.at + (version === 1 ? 8 : 2);
  for (let i = 0; i < count; i++) {
    const filter = file.u16(at);
    if (filter < DEFLATE || filter > FLETCHER32 || filters.includes(filter)) {
      file.fail(
        `filters of weights must be deflate (1), shuffle (2) and checksum (3), once each: one is ${filter}`,
        at,
      );
    }
    filters.push(filter);
    const hasName = version === 1 || filter >= FIRST_NAMED;
    const nameBytes = hasName ? Math.ceil(file.u16(at + 2) / 8) * 8 : 0;
    const values = file.u16(at + (hasName ? 6 : 4));
    const pad = version === 1 ? values % 2 : 0;
    at += (hasName ? 8 : 6) + nameBytes + 4 * (values + pad);
  }
  return filters;
}

/** Undoes deflate, and stops as soon as there is more than there must be. */
function inflate(data: Uint8Array, sizeBytes: number): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  let length = 0;
  const stream = new Unzlib((part) => {
    if (length + part.length > sizeBytes) {
      throw new RangeError(`more than ${sizeBytes} bytes come out`);
    }
    out.set(part, length);
    length += part.length;
  });
  for (let at = 0; at < data.length; at += INFLATE_BYTES) {
    const end = at + INFLATE_BYTES;
    stream.push(data.subarray(at, end), end >= data.length);
  }
  if (length !== sizeBytes) {
    throw new RangeError(`${length} bytes come out instead of ${sizeBytes}`);
  }
  return out;
}

/** Undoes shuffle: all first bytes of the elements, all second bytes, and so on. */
function unshuffle(data: Uint8Array, elementBytes: number): Uint8Array {
  const out = data.slice();
  const count = Math.floor(data.length / elementBytes);
  for (let byte = 0; byte < elementBytes; byte++) {
    for (let i = 0; i < count; i++) {
      out[i * elementBytes + byte] = data[byte * count + i]!;
    }
  }
  return out;
}

/** Fletcher's checksum over words of 16 bits, big endian. */
function fletcher32(data: Uint8Array): number {
  let [low, high] = [0, 0];
  for (let i = 0; i < data.length; i += 2) {
    low = (low + (data[i]! << 8) + (data[i + 1] ?? 0)) % 65535;
    high = (high + low) % 65535;
  }
  return ((high << 16) | low) >>> 0;
}

/** Compares the checksum at the end, and takes it off. */
function checkSum(data: Uint8Array): Uint8Array {
  const end = data.length - CHECKSUM_BYTES;
  if (end < 0) throw new RangeError("there is no checksum");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [stored, actual] = [
    view.getUint32(end, true),
    fletcher32(data.subarray(0, end)),
  ];
  if (stored !== actual) {
    throw new RangeError(`checksum is ${stored} instead of ${actual}`);
  }
  return data.subarray(0, end);
}

/**
 * Undoes the filters of a chunk.
 *
 * @param stored The chunk as it is in the file.
 * @param filters Numbers of the filters, in the order of writing.
 * @param options Bytes of the whole chunk and of an element, and which filters
 * were left out, one bit each.
 * @returns The elements.
 * @throws {RangeError} If what comes out has another size, or the checksum differs.
 */
export function undoFilters(
  stored: Uint8Array,
  filters: readonly number[],
  options: { chunkBytes: number; elementBytes: number; skipped: number },
): Uint8Array {
  const { chunkBytes, elementBytes, skipped } = options;
  const done = filters.filter((_, i) => !(skipped & (1 << i)));
  let data = stored;
  for (const filter of done.toReversed()) {
    if (filter === SHUFFLE) data = unshuffle(data, elementBytes);
    else if (filter === FLETCHER32) data = checkSum(data);
    else {
      // A checksum taken before the compression comes out of it again.
      const inside = done.indexOf(FLETCHER32) >= 0 &&
        done.indexOf(FLETCHER32) < done.indexOf(DEFLATE);
      data = inflate(data, chunkBytes + (inside ? CHECKSUM_BYTES : 0));
    }
  }
  if (data.length !== chunkBytes) {
    throw new RangeError(`${data.length} bytes remain of ${chunkBytes}`);
  }
  return data;
}
