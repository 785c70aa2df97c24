/**
 * CRC-32C (Castagnoli), the checksum of TensorFlow's and LevelDB's files.
 *
 * Source: RFC 3720, appendix B.4, https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4;
 * the mask: https://github.com/google/leveldb/blob/main/util/crc32c.h.
 */

/** The polynomial 0x1EDC6F41 with its bits reversed, as the register shifts right. */
const POLYNOMIAL = 0x82f63b78;

/** Bytes taken at a time: 4 tables of 1 kB stay in the fastest cache, and halve the time of one. */
const STRIDE = 4;

/** `TABLES[256 * k + b]` is what byte `b` does to the register `k` bytes later. */
const TABLES = makeTables();

/** Makes the tables: the first one bit by bit, each other one from the one before. */
function makeTables(): Uint32Array {
  const tables = new Uint32Array(256 * STRIDE);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    }
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before >>> 8) ^ tables[before & 0xff]!;
  }
  return tables;
}

/**
 * Computes the CRC-32C of bytes.
 *
 * @example Usage
 * ```ts
 * crc32c(new TextEncoder().encode("123456789")); // 0xe3069283
 * ```
 *
 * @returns The checksum, an unsigned 32-bit integer.
 */
export function crc32c(bytes: Uint8Array): number {
  const { length } = bytes;
  let crc = 0xffffffff;
  let i = 0;
  for (; i + STRIDE <= length; i += STRIDE) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) |
      (bytes[i + 3]! << 24);
    crc = TABLES[768 + (crc & 0xff)]! ^ TABLES[512 + ((crc >>> 8) & 0xff)]! ^
      TABLES[256 + ((crc >>> 16) & 0xff)]! ^ TABLES[crc >>> 24]!;
  }
  for (; i < length; i++) {
    crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[i]!) & 0xff]!;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Masks a checksum as files store it.
 *
 * The checksum of bytes that hold their own checksums would be weak, so files
 * store it rotated by 15 bits, plus a constant.
 *
 * @returns What a file stores, an unsigned 32-bit integer.
 */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
