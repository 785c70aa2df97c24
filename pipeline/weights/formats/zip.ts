/**
 * The directory of a zip file: what entries there are and where they lie.
 *
 * Every claim is checked before anything is allocated for it: entries lie in the
 * file, apart from each other and from the directory, each under its own name.
 *
 * The packages were judged and not taken: `fflate` allocates what an entry claims
 * and checks no CRC-32, `@zip.js/zip.js` copies stored entries in pieces (66 times
 * the time for 180 MB), where here they are views.
 *
 * Source: APPNOTE.TXT of PKWARE, sections 4.3 and 4.5,
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
 */

import { pytorchError, quote } from "./format_errors.ts";
import { findDirectory, readZip64, type Zip64Fields } from "./zip_end.ts";

/** Most entries: a ResNet-152 has 932, with its optimizer three times as many. */
export const MAX_ZIP_ENTRIES = 2 ** 16;

/** Most bytes unpacked from compressed entries: what an `ArrayBuffer` is sure to hold. */
const MAX_UNPACKED_BYTES = 2 ** 32;

/**
 * Most bytes unpacked for each byte of the file. Weights hardly compress, so a
 * file that unpacks to more is a bomb; deflate reaches 1032.
 */
const MAX_UNPACK_RATIO = 100;

/** What compressed entries may unpack to beyond the ratio: small files of zeros are no bombs. */
const UNPACK_ALLOWANCE_BYTES = 2 ** 16;

/** Bytes of a record of the directory before its name, and of the header before an entry. */
const RECORD_BYTES = 46;
const LOCAL_BYTES = 30;

/** An entry of a zip file. */
export interface ZipEntry {
  /** Name, with its folders. */
  name: string;
  /** 0 for stored, 8 for deflated. */
  method: 0 | 8;
  /** CRC-32 of the unpacked bytes. */
  crc32: number;
  /** First byte, from the start of the file. */
  start: number;
  /** Bytes in the file. */
  packedBytes: number;
  /** Bytes when unpacked. */
  sizeBytes: number;
  /** First byte of the header before it. */
  headerStart: number;
}

/** Names are UTF-8 in files of PyTorch; others only must stay apart. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads a record of the directory; `start` of the entry is not known yet. */
function readRecord(
  view: DataView,
  at: number,
  path: string,
): [entry: ZipEntry, next: number] {
  const end = view.byteLength;
  if (at + RECORD_BYTES > end || view.getUint32(at, true) !== 0x02014b50) {
    throw pytorchError(path, "its zip directory must be whole: it is damaged", {
      byteOffset: at,
    });
  }
  const nameStart = at + RECORD_BYTES;
  const extraStart = nameStart + view.getUint16(at + 28, true);
  const extraEnd = extraStart + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > end) {
    throw pytorchError(path, "its zip directory must be whole: it is cut off", {
      byteOffset: at,
    });
  }
  const bytes = new Uint8Array(view.buffer, view.byteOffset, end);
  const name = UTF8.decode(bytes.subarray(nameStart, extraStart));
  const fail = (what: string): never => {
    throw pytorchError(path, `its entry ${quote(name)} must ${what}`, {
      byteOffset: at,
    });
  };
  const flags = view.getUint16(at + 8, true);
  if ((flags & 0x2041) !== 0) fail("not be encrypted: it is");
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) {
    fail(`be stored or deflated: its method is ${method}`);
  }
  const claims: Zip64Fields = {
    sizeBytes: view.getUint32(at + 24, true),
    packedBytes: view.getUint32(at + 20, true),
    headerStart: view.getUint32(at + 42, true),
  };
  const fields = readZip64(view, [extraStart, extraEnd], claims) ??
    fail("have sizes of at most 2⁵³ bytes in its zip64 field: it has not");
  if (method === 0 && fields.packedBytes !== fields.sizeBytes) {
    fail(
      `have one size as it is stored: it has ${fields.packedBytes} and ${fields.sizeBytes}`,
    );
  }
  const crc32 = view.getUint32(at + 16, true);
  return [{ name, method: method as 0 | 8, crc32, start: 0, ...fields }, next];
}

/** Finds where an entry starts: after its header, whose name and padding have their own lengths. */
function locate(view: DataView, entry: ZipEntry, limit: number, path: string) {
  const { headerStart, name, packedBytes } = entry;
  const bodyStart = headerStart + LOCAL_BYTES;
  const isHeader = bodyStart <= limit &&
    view.getUint32(headerStart, true) === 0x04034b50;
  const start = isHeader
    ? bodyStart + view.getUint16(headerStart + 26, true) +
      view.getUint16(headerStart + 28, true)
    : NaN;
  if (!(start + packedBytes <= limit)) {
    throw pytorchError(
      path,
      `its entry ${quote(name)} must lie before the directory at ${limit}: ${
        isHeader
          ? `it ends at ${start + packedBytes}`
          : `there is none at ${headerStart}`
      }`,
      { byteOffset: headerStart },
    );
  }
  return start;
}

/** Checks that entries lie apart, and that what is compressed does not unpack to too much. */
function checkEntries(entries: ZipEntry[], fileBytes: number, path: string) {
  const sorted = entries.toSorted((a, b) => a.headerStart - b.headerStart);
  let [end, before, unpacked] = [0, "", 0];
  for (
    const { name, method, start, packedBytes, headerStart, sizeBytes } of sorted
  ) {
    if (headerStart < end) {
      throw pytorchError(
        path,
        `its entries must lie apart: ${quote(before)} and ${
          quote(name)
        } overlap at ${headerStart}`,
        { byteOffset: headerStart },
      );
    }
    [end, before] = [start + packedBytes, name];
    if (method !== 0) unpacked += sizeBytes;
  }
  const limit = Math.min(
    MAX_UNPACKED_BYTES,
    MAX_UNPACK_RATIO * fileBytes + UNPACK_ALLOWANCE_BYTES,
  );
  if (unpacked > limit) {
    throw pytorchError(
      path,
      `it must unpack to at most ${limit} bytes, else it is a zip bomb: it claims ${unpacked}`,
    );
  }
}

/**
 * Reads the directory of a zip file.
 *
 * @returns Entries by name, in the order of the directory.
 * @throws {FormatError} If the file is damaged, has two entries of one name or place, is encrypted or in parts, or would unpack to too much.
 */
export function readZipDirectory(
  bytes: Uint8Array,
  path: string,
): Map<string, ZipEntry> {
  const { start, end, count } = findDirectory(bytes, path);
  if (count > MAX_ZIP_ENTRIES) {
    throw pytorchError(
      path,
      `it must have at most ${MAX_ZIP_ENTRIES} zip entries: it claims ${count}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const entries = new Map<string, ZipEntry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    const [entry, next] = readRecord(view, at, path);
    if (entries.has(entry.name)) {
      throw pytorchError(
        path,
        `each of its zip entries must have its own name: ${
          quote(entry.name)
        } is there twice`,
        { byteOffset: at },
      );
    }
    entry.start = locate(view, entry, start, path);
    entries.set(entry.name, entry);
    at = next;
  }
  checkEntries([...entries.values()], bytes.byteLength, path);
  return entries;
}
