/** The bytes of an entry of a zip file. */

import { crc32 } from "node:zlib";
import { inflateSync } from "fflate";
import { pytorchError, quote } from "./format_errors.ts";
import type { ZipEntry } from "./zip.ts";

/** Unpacks an entry into a buffer of the size it claims; more than that has nowhere to go. */
function inflate(
  packed: Uint8Array,
  { name, sizeBytes }: ZipEntry,
  path: string,
): Uint8Array {
  let unpacked: Uint8Array;
  try {
    // One more byte, so that an entry that is too long shows.
    unpacked = inflateSync(packed, { out: new Uint8Array(sizeBytes + 1) });
  } catch (cause) {
    throw pytorchError(
      path,
      `its entry ${quote(name)} must be deflated bytes: they are damaged`,
      { cause },
    );
  }
  if (unpacked.byteLength !== sizeBytes) {
    throw pytorchError(
      path,
      `its entry ${
        quote(name)
      } must unpack to ${sizeBytes} bytes: it unpacks to ${
        unpacked.byteLength > sizeBytes ? "more" : unpacked.byteLength
      }`,
    );
  }
  return unpacked;
}

/**
 * Reads an entry: without a copy if it is stored.
 *
 * @throws {FormatError} If it is damaged.
 */
export function readZipEntry(
  bytes: Uint8Array,
  entry: ZipEntry,
  path: string,
): Uint8Array {
  const { start, packedBytes, method } = entry;
  const packed = bytes.subarray(start, start + packedBytes);
  const unpacked = method === 0 ? packed : inflate(packed, entry, path);
  // PyTorch writes 0 where `set_crc32_options()` turned it off.
  if (entry.crc32 !== 0 && crc32(unpacked) !== entry.crc32) {
    throw pytorchError(
      path,
      `its entry ${
        quote(entry.name)
      } must have the CRC-32 of its directory: it is damaged`,
      { byteOffset: start },
    );
  }
  return unpacked;
}
