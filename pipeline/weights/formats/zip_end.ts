/**
 * The end of a zip file, which tells where its directory is, and the fields of
 * zip64, which PyTorch writes whether or not they are needed.
 *
 * Source: APPNOTE.TXT of PKWARE, sections 4.3.14 to 4.3.16 and 4.5.3,
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
 */

import { pytorchError } from "./format_errors.ts";

/** Bytes of the last record without its comment, of the zip64 record, and of what points to that. */
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;

/** Longest comment: its length has 16 bits. */
const MAX_COMMENT_BYTES = 0xffff;

/** Value of a field whose number is in the zip64 field. */
const IN_ZIP64 = 0xffffffff;

/** Number of the zip64 field among the extra fields. */
const ZIP64_TAG = 1;

export interface ZipDirectory {
  /** First byte, from the start of the file. */
  start: number;
  /** The byte after the last. */
  end: number;
  /** Entries in it. */
  count: number;
}

/** Numbers of an entry that may be in its zip64 field, in the order they have there. */
export interface Zip64Fields {
  /** Bytes when unpacked. */
  sizeBytes: number;
  /** Bytes in the file. */
  packedBytes: number;
  /** First byte of the header before the entry. */
  headerStart: number;
}

/** Finds the last record: the one whose comment ends with the file. */
function findEnd(view: DataView): number | undefined {
  const size = view.byteLength;
  const first = Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = size - END_BYTES; at >= first; at--) {
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + END_BYTES + view.getUint16(at + 20, true) === size
    ) return at;
  }
  return undefined;
}

/** Reads where the directory is from the zip64 record, if there is one. */
function readEnd64(
  view: DataView,
  endStart: number,
  path: string,
): ZipDirectory & { isSplit: boolean } | undefined {
  const locator = endStart - LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) {
    return undefined;
  }
  const at = Number(view.getBigUint64(locator + 8, true));
  const isThere = at + END64_BYTES <= locator &&
    view.getUint32(at, true) === 0x06064b50;
  if (!isThere) {
    throw pytorchError(path, `its zip64 record must be at ${at}: it is not`, {
      byteOffset: locator,
    });
  }
  const size = (offset: number) => Number(view.getBigUint64(at + offset, true));
  return {
    start: size(48),
    end: size(48) + size(40),
    count: size(32),
    isSplit: view.getUint32(at + 16, true) !== 0 ||
      view.getUint32(at + 20, true) !== 0 || size(24) !== size(32),
  };
}

/**
 * Finds the directory.
 *
 * @returns Where it is; it lies in the file.
 * @throws {FormatError} If there is none, it is past its end, or the file is one of several parts.
 */
export function findDirectory(bytes: Uint8Array, path: string): ZipDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = findEnd(view);
  if (at === undefined) {
    throw pytorchError(
      path,
      "its zip directory must be at its end: the file is cut off",
    );
  }
  const start = view.getUint32(at + 16, true);
  const count = view.getUint16(at + 10, true);
  const { isSplit, ...directory } = readEnd64(view, at, path) ?? {
    start,
    end: start + view.getUint32(at + 12, true),
    count,
    isSplit: view.getUint32(at + 4, true) !== 0 ||
      view.getUint16(at + 8, true) !== count,
  };
  if (isSplit) {
    throw pytorchError(
      path,
      "it must be a whole zip file: it is one of parts",
      { byteOffset: at },
    );
  }
  if (!(directory.end <= at)) {
    throw pytorchError(
      path,
      `its zip directory must end before ${at}: it ends at ${directory.end}`,
      { byteOffset: at },
    );
  }
  return directory;
}

/**
 * Replaces the numbers of an entry that are in its zip64 field.
 *
 * @param extra Where the extra fields of the entry start and end.
 * @returns The numbers, or `undefined` if one is missing or over 2⁵³.
 */
export function readZip64(
  view: DataView,
  extra: readonly [start: number, end: number],
  claims: Zip64Fields,
): Zip64Fields | undefined {
  let [at, end] = extra;
  while (at + 4 <= end) {
    const next = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_TAG) {
      [at, end] = [at + 4, Math.min(next, end)];
      break;
    }
    at = next;
  }
  const take = (claim: number): number => {
    if (claim !== IN_ZIP64) return claim;
    if (at + 8 > end) return NaN;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  };
  const fields = {
    sizeBytes: take(claims.sizeBytes),
    packedBytes: take(claims.packedBytes),
    headerStart: take(claims.headerStart),
  };
  return Object.values(fields).every(Number.isSafeInteger) ? fields : undefined;
}
