/**
 * Archives with one checkpoint, `resnet_v1_101_2016_08_28.tar.gz`: what TF-Slim
 * published.
 *
 * Only the first checkpoint is taken out, in memory, so that no name in an
 * archive ever becomes a path.
 *
 * The package `nanotar` was judged and not taken: it checks no sum of a header, and
 * a negative size keeps it in a loop for ever.
 *
 * Source: pax(1) of POSIX, "ustar Interchange Format",
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html.
 */

import { FormatError } from "../../errors.ts";

/** Bytes of a header, and what contents are padded to. */
const BLOCK_BYTES = 512;

/**
 * Most bytes of what is unpacked: ten times the weights of a ResNet-101. Weights
 * hardly compress, so an archive that unpacks to more is a bomb.
 */
const MAX_UNPACKED_BYTES = 2 ** 31;

/** Most bytes unpacked for each byte of the archive; deflate reaches 1032. */
const MAX_RATIO = 20;

/** Most entries that are passed over before the checkpoint. */
const MAX_ENTRIES = 1000;

/** Names of checkpoints in one file. */
const CHECKPOINT = /\.ckpt$/;

/** Says what is wrong with an archive. */
function archiveError(path: string, what: string, cause?: unknown) {
  return new FormatError(
    `Cannot read "${path}" as an archive of weights as ${what}`,
    { path, cause },
  );
}

/** Tells whether a file is compressed by gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Decompresses a file, up to the limit.
 *
 * Its last four bytes claim how much comes out (RFC 1952, section 2.3.1), so that
 * it is unpacked in place; a file that claims too little or too much is damaged.
 */
async function gunzip(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  const limit = Math.min(MAX_UNPACKED_BYTES, bytes.byteLength * MAX_RATIO);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength < 4
    ? 0
    : view.getUint32(bytes.byteLength - 4, true);
  if (size > limit) {
    throw archiveError(path, `it must unpack to at most ${limit} bytes`);
  }
  const unpacked = new Uint8Array(size);
  let filled = 0;
  try {
    const source = ReadableStream.from([bytes as Uint8Array<ArrayBuffer>]);
    const stream = source.pipeThrough(new DecompressionStream("gzip"));
    for await (const part of stream) {
      // Throws where more comes out than was claimed.
      unpacked.set(part, filled);
      filled += part.byteLength;
    }
  } catch (cause) {
    throw archiveError(path, "its gzip data is damaged", cause);
  }
  if (filled < size) throw archiveError(path, "its gzip data is cut off");
  return unpacked;
}

/** Text of a field, up to its first zero. */
function fieldText(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Whether the sum of the header is the one it carries. */
function hasRightSum(header: Uint8Array): boolean {
  const sum = header.reduce((a, b) => a + b, 0);
  const own = header.subarray(148, 156).reduce((a, b) => a + b, 0);
  // The sum is made with spaces in its place.
  return parseInt(fieldText(header, 148, 8).trim(), 8) === sum - own + 8 * 32;
}

/** Finds the first checkpoint of a tar file. */
function findCheckpoint(
  tar: Uint8Array,
  path: string,
): [name: string, bytes: Uint8Array] {
  let offset = 0;
  for (let entry = 0; entry < MAX_ENTRIES; entry++) {
    const header = tar.subarray(offset, offset + BLOCK_BYTES);
    if (header.byteLength < BLOCK_BYTES || header[0] === 0) break;
    if (!hasRightSum(header)) throw archiveError(path, "a header is damaged");
    const name = fieldText(header, 0, 100);
    const text = fieldText(header, 124, 12).trim();
    const size = /^[0-7]+$/.test(text) ? parseInt(text, 8) : NaN;
    const start = offset + BLOCK_BYTES;
    if (!(start + size <= tar.byteLength)) {
      throw archiveError(
        path,
        `the size of "${name}" is past its end: ${text}`,
      );
    }
    const isFile = header[156] === 0 || header[156] === "0".charCodeAt(0);
    if (isFile && CHECKPOINT.test(name)) {
      return [name, tar.subarray(start, start + size)];
    }
    offset = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw archiveError(path, "it must hold a .ckpt file: it holds none");
}

/**
 * Takes the checkpoint out of an archive.
 *
 * @throws {FormatError} If it is no such archive, is damaged, or would unpack to too much.
 */
export async function extractCheckpoint(
  bytes: Uint8Array,
  path: string,
): Promise<Uint8Array> {
  const [, checkpoint] = findCheckpoint(await gunzip(bytes, path), path);
  return checkpoint;
}
