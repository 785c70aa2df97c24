/**
 * A reader of event files that shares nothing with the writer: its own checksum,
 * bit by bit, and messages decoded by their definitions.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import protobuf from "protobufjs/light.js";

/** The messages that TensorBoard reads, as far as they are written. */
const DEFINITIONS = {
  Image: {
    fields: {
      height: { id: 1, type: "int32" },
      width: { id: 2, type: "int32" },
      colorspace: { id: 3, type: "int32" },
      encodedImageString: { id: 4, type: "bytes" },
    },
  },
  Value: {
    fields: {
      tag: { id: 1, type: "string" },
      simpleValue: { id: 2, type: "float" },
      image: { id: 4, type: "Image" },
    },
  },
  Summary: { fields: { value: { rule: "repeated", id: 1, type: "Value" } } },
  Event: {
    fields: {
      wallTime: { id: 1, type: "double" },
      step: { id: 2, type: "int64" },
      fileVersion: { id: 3, type: "string" },
      summary: { id: 5, type: "Summary" },
    },
  },
} as const;

const EVENT = protobuf.Root.fromJSON({ nested: DEFINITIONS })
  .lookupType("Event");

/** An event. */
export interface ReadEvent {
  /** The version, of the first event. */
  fileVersion?: string;
  /** The step. */
  step?: number;
  /** Numbers and images. */
  summary?: {
    value: {
      tag: string;
      simpleValue?: number;
      image?: {
        height: number;
        width: number;
        colorspace: number;
        encodedImageString: Uint8Array;
      };
    }[];
  };
}

/** The masked CRC-32C of bytes: the remainder by the polynomial, rotated by 15, plus a constant. */
function maskedChecksum(bytes: Uint8Array): number {
  let register = 0xffffffffn;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1n
        ? (register >> 1n) ^ 0x82f63b78n
        : register >> 1n;
    }
  }
  const crc = register ^ 0xffffffffn;
  const rotated = (crc >> 15n) | (crc << 17n & 0xffffffffn);
  return Number(rotated + 0xa282ead8n & 0xffffffffn);
}

/** Reads an event file; every checksum must be right. */
export function readEvents(bytes: Uint8Array): ReadEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: ReadEvent[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = Number(view.getBigUint64(offset, true));
    const data = bytes.subarray(offset + 12, offset + 12 + length);
    assertEquals(
      view.getUint32(offset + 8, true),
      maskedChecksum(bytes.subarray(offset, offset + 8)),
    );
    assertEquals(
      view.getUint32(offset + 12 + length, true),
      maskedChecksum(data),
    );
    const options = { longs: Number, arrays: false };
    events.push(EVENT.toObject(EVENT.decode(data), options));
    offset += length + 16;
  }
  return events;
}
