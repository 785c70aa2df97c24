/**
 * Reading the arguments of a pickle's opcodes.
 *
 * Source: the descriptions in Lib/pickletools.py of CPython,
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py.
 */

import { pytorchError, quote } from "./format_errors.ts";

/**
 * Longest text or byte string, in bytes. Names of tensors and keys of storages
 * have tens, notes beside them in checkpoints hundreds.
 */
export const MAX_TEXT_BYTES = 2 ** 16;

/** Longest integer, in bytes: PyTorch's magic number has 10. */
const MAX_INTEGER_BYTES = 16;

/** Longest line: two identifiers have tens of characters. */
const MAX_LINE_BYTES = 1024;

/** Text of protocols 1 to 5; a byte order mark is part of it. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of Python 2, whose strings are bytes. */
const LATIN1 = new TextDecoder("latin1");

/** A position in a pickle. No read passes its end. */
export class PickleReader {
  /** Next byte to be read, from the start of `bytes`. */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #path: string;

  /** Starts to read. */
  constructor(bytes: Uint8Array, position: number, path: string) {
    this.position = position;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#path = path;
  }

  /** Passes over bytes that must be there, and returns where they start. */
  #advance(count: number): number {
    const start = this.position;
    if (count > this.#bytes.byteLength - start) {
      throw pytorchError(
        this.#path,
        `its pickle must not end before its last opcode: ${count} bytes are wanted, ${
          this.#bytes.byteLength - start
        } are left`,
      );
    }
    this.position = start + count;
    return start;
  }

  /** Reads an unsigned byte. */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Reads an unsigned integer of 2 bytes. */
  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  /** Reads an unsigned integer of 4 bytes. */
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Reads a signed integer of 4 bytes. */
  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Reads a float of 8 bytes, big endian as only this one is. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Passes over bytes. */
  skip(count: number): void {
    this.#advance(count);
  }

  /**
   * Reads bytes, as a view.
   *
   * @throws {FormatError} If there are more than {@linkcode MAX_TEXT_BYTES}.
   */
  bytes(count: number): Uint8Array {
    if (count > MAX_TEXT_BYTES) {
      throw pytorchError(
        this.#path,
        `a string of its pickle must have at most ${MAX_TEXT_BYTES} bytes: it claims ${count}`,
      );
    }
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** Reads UTF-8. */
  text(count: number): string {
    const bytes = this.bytes(count);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw pytorchError(
        this.#path,
        "a string of its pickle must be UTF-8: it is not",
        { cause },
      );
    }
  }

  /** Reads a string of Python 2. */
  latin1(count: number): string {
    return LATIN1.decode(this.bytes(count));
  }

  /** Reads a line, without its end. */
  line(): string {
    const start = this.position;
    const end = this.#bytes.subarray(start, start + MAX_LINE_BYTES).indexOf(10);
    if (end < 0) {
      throw pytorchError(
        this.#path,
        `a line of its pickle must end within ${MAX_LINE_BYTES} bytes: it does not`,
      );
    }
    this.position = start + end + 1;
    return LATIN1.decode(this.#bytes.subarray(start, start + end));
  }

  /** Reads an integer in decimals. */
  decimal(): number | bigint {
    const line = this.line();
    const [, digits] = /^(-?\d{1,19})L?$/.exec(line) ?? [];
    if (digits === undefined) {
      throw pytorchError(
        this.#path,
        `an integer of its pickle must have 1 to 19 digits: it is ${
          quote(line)
        }`,
      );
    }
    return toNumber(BigInt(digits));
  }

  /** Reads an integer of any length, two's complement. */
  integer(count: number): number | bigint {
    if (count > MAX_INTEGER_BYTES) {
      throw pytorchError(
        this.#path,
        `an integer of its pickle must have at most ${MAX_INTEGER_BYTES} bytes: it has ${count}`,
      );
    }
    let value = 0n;
    for (const byte of this.bytes(count).toReversed()) {
      value = (value << 8n) | BigInt(byte);
    }
    return toNumber(BigInt.asIntN(8 * count, value));
  }
}

/** Numbers where they are exact. */
function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
