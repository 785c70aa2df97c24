/**
 * The wire format of protocol buffers: the fields of a message, one after the other.
 *
 * Fields are handed out as they are met, so that a message of a million fields
 * takes no more memory than one. What the reader of a message does not know it
 * passes over, as the format asks.
 *
 * The package `protobufjs`, which writes event files and ONNX here, was judged for
 * this and not taken: its errors do not say what it has found.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */

import { decodeVarint, toSigned, toUnsigned } from "./protobuf_varint.ts";
import { checkpointError, type Fail, failing } from "./format_errors.ts";

/** A field of a message. */
export type Field =
  & {
    /** Number of the field. */
    number: number;
  }
  & (
    /** A 64-bit integer, rounded beyond 2^53. */
    | { wire: "varint"; value: number }
    /** An unsigned 32-bit integer. */
    | { wire: "fixed32"; value: number }
    /** Eight bytes. */
    | { wire: "fixed64"; value: Uint8Array }
    /** A string, bytes, a message, or packed numbers: a view, without a copy. */
    | { wire: "bytes"; value: Uint8Array }
  );

/** Largest number of a field, by the format. */
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/** Longest text, in bytes: all texts are names, and a key may be as long; messages show them. */
export const MAX_TEXT_BYTES = 1024;

/**
 * Decodes the fields of a message, in the order of its bytes.
 *
 * @throws {FormatError} If the bytes are not a message.
 */
export function* decodeFields(
  bytes: Uint8Array,
  path: string,
): Generator<Field, void> {
  const fail: Fail = failing(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  /** Moves past bytes that must be there, and returns where they start. */
  const skip = (size: number): number => {
    const start = position;
    if (size > bytes.length - start) {
      fail(
        `a field must end where its message ends: ${size} bytes are claimed, ${
          bytes.length - start
        } are there`,
      );
    }
    position += size;
    return start;
  };
  while (position < bytes.length) {
    const tag = decodeVarint(bytes, position, path);
    position = tag.end;
    const number = Math.floor(toUnsigned(tag) / 8);
    if (number < 1 || number > MAX_FIELD_NUMBER) {
      fail(
        `the number of a field must be in [1, ${MAX_FIELD_NUMBER}]: it is ${number}`,
      );
    }
    const wire = tag.low & 7;
    if (wire === 0) {
      const value = decodeVarint(bytes, position, path);
      position = value.end;
      yield { number, wire: "varint", value: toSigned(value) };
    } else if (wire === 1) {
      const start = skip(8);
      const value = bytes.subarray(start, position);
      yield { number, wire: "fixed64", value };
    } else if (wire === 2) {
      const size = decodeVarint(bytes, position, path);
      position = size.end;
      const start = skip(toUnsigned(size));
      const value = bytes.subarray(start, position);
      yield { number, wire: "bytes", value };
    } else if (wire === 5) {
      const value = view.getUint32(skip(4), true);
      yield { number, wire: "fixed32", value };
    } else {
      fail(`the wire type of a field must be 0, 1, 2 or 5: it is ${wire}`);
    }
  }
}

/**
 * Reads a field as an integer.
 *
 * @throws {FormatError} If the field is not an integer, or is beyond 2^53.
 */
export function toInteger(field: Field, path: string): number {
  if (field.wire !== "varint") throw wireError(field, "varint", path);
  if (!Number.isSafeInteger(field.value)) {
    throw checkpointError(
      path,
      `field ${field.number} must be within 2^53 of 0: it is ${field.value}`,
    );
  }
  return field.value;
}

/** Reads a field as an unsigned 32-bit integer of four bytes. */
function toFixed32(field: Field, path: string): number {
  if (field.wire !== "fixed32") throw wireError(field, "fixed32", path);
  return field.value;
}

/**
 * Reads a field as bytes, without a copy.
 *
 * @throws {FormatError} If the field is of another wire type.
 */
export function toBytes(field: Field, path: string): Uint8Array {
  if (field.wire !== "bytes") throw wireError(field, "bytes", path);
  return field.value;
}

/**
 * Reads bytes as text.
 *
 * @throws {FormatError} If the bytes are not UTF-8, or more than {@linkcode MAX_TEXT_BYTES}.
 */
export function toText(bytes: Uint8Array, path: string): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    throw checkpointError(
      path,
      `the name of a tensor must have at most ${MAX_TEXT_BYTES} bytes: it has ${bytes.length}`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (cause) {
    throw checkpointError(
      path,
      "the name of a tensor must be UTF-8: it is not",
      { cause },
    );
  }
}

/** Makes the error of a field of another wire type than its message says. */
function wireError(field: Field, wanted: Field["wire"], path: string) {
  return checkpointError(
    path,
    `field ${field.number} must be ${wanted}: it is ${field.wire}`,
  );
}

/** What {@linkcode decodeMessage} reads a field as; `count` is how often it is there. */
export type FieldKind = "integer" | "fixed32" | "bytes" | "text" | "count";

/** Fields by the names that a caller gives them. */
export type MessageFields = Readonly<
  Record<string, readonly [number: number, kind: FieldKind]>
>;

/** Values of fields by the same names. */
export type MessageValues<Fields extends MessageFields> = {
  [Name in keyof Fields]: {
    integer: number;
    fixed32: number;
    bytes: Uint8Array;
    text: string;
    count: number;
  }[Fields[Name][1]];
};

/**
 * Decodes a message of which each field is there at most once, or only counted.
 *
 * @returns The values; 0 or empty where a field is missing, and the last where it is repeated, as the format asks.
 * @throws {FormatError} If the bytes are not a message, or a field is of another wire type.
 */
export function decodeMessage<const Fields extends MessageFields>(
  bytes: Uint8Array,
  fields: Fields,
  path: string,
): MessageValues<Fields> {
  const values: Record<string, number | string | Uint8Array> = {};
  const entries = Object.entries(fields);
  for (const [name, [, kind]] of entries) {
    values[name] = kind === "bytes"
      ? new Uint8Array()
      : kind === "text"
      ? ""
      : 0;
  }
  for (const field of decodeFields(bytes, path)) {
    for (const [name, [number, kind]] of entries) {
      if (number !== field.number) continue;
      if (kind === "count") values[name] = values[name] as number + 1;
      else if (kind === "integer") values[name] = toInteger(field, path);
      else if (kind === "fixed32") values[name] = toFixed32(field, path);
      else if (kind === "bytes") values[name] = toBytes(field, path);
      else values[name] = toText(toBytes(field, path), path);
    }
  }
  return values as MessageValues<Fields>;
}
