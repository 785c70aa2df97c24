/**
 * Event files, which TensorBoard reads: records of numbers and images by step.
 *
 * A record is the length of its data as u64, the masked CRC-32C of those eight
 * bytes, the data, and the masked CRC-32C of the data, little-endian; the data is
 * an `Event` of protocol buffers. The first one names the version.
 *
 * No times are written: the same numbers give the same bytes.
 *
 * Source: the fields of `Event` and `Summary`,
 * https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto;
 * records, https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
 */

import { concat } from "@std/bytes/concat";
import protobuf from "protobufjs/minimal.js";
import { crc32c, maskCrc32c } from "../artifact/crc32c.ts";

const { Writer } = protobuf;

/** A writer of protocol buffers. */
type Fields = ReturnType<typeof Writer.create>;

/** Content of the first record. */
const FILE_VERSION = "brain.Event:2";

/** Value of `colorspace` for RGB. */
const RGB = 3;

/** Wire types of protocol buffers. */
const [VARINT, BYTES, FLOAT] = [0, 2, 5];

export interface EventImage {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  png: Uint8Array;
}

/** Numbers and images of a step. */
export interface LoggedStep {
  step: number;
  /** Tags and their numbers, which are kept as 32-bit floats. */
  scalars: readonly (readonly [tag: string, value: number])[];
  images?: readonly (readonly [tag: string, image: EventImage])[];
}

/** Starts a field. */
function field(fields: Fields, number: number, wireType: number): Fields {
  return fields.uint32(number << 3 | wireType);
}

/** Encodes an image: `height`, `width`, `colorspace`, `encoded_image_string`. */
function encodeImage({ width, height, png }: EventImage): Uint8Array {
  const fields = Writer.create();
  [height, width, RGB].forEach((value, i) =>
    field(fields, i + 1, VARINT).int32(value)
  );
  return field(fields, 4, BYTES).bytes(png).finish();
}

/** Encodes a step: an event with a `step` and a `summary` of values. */
function encodeStep({ step, scalars, images = [] }: LoggedStep): Uint8Array {
  const summary = Writer.create();
  const values = [
    ...scalars.map(([tag, number]) => {
      const value = field(Writer.create(), 1, BYTES).string(tag);
      return field(value, 2, FLOAT).float(number).finish();
    }),
    ...images.map(([tag, image]) => {
      const value = field(Writer.create(), 1, BYTES).string(tag);
      return field(value, 4, BYTES).bytes(encodeImage(image)).finish();
    }),
  ];
  for (const value of values) field(summary, 1, BYTES).bytes(value);
  const event = field(Writer.create(), 2, VARINT).int64(step);
  return field(event, 5, BYTES).bytes(summary.finish()).finish();
}

/** Frames data as a record. */
function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  const seal = (bytes: Uint8Array) => maskCrc32c(crc32c(bytes));
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, seal(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, seal(data), true);
  return record;
}

/**
 * Encodes an event file.
 *
 * @example Usage
 * ```ts
 * const bytes = encodeEventFile([{ step: 1, scalars: [["loss", 0.5]] }]);
 * bytes.length; // 64
 * ```
 *
 * @returns The bytes of the file; its name must have `tfevents` in it.
 */
export function encodeEventFile(steps: readonly LoggedStep[]): Uint8Array {
  const version = field(Writer.create(), 3, BYTES).string(FILE_VERSION);
  const events = [version.finish(), ...steps.map(encodeStep)];
  return concat(events.map(encodeRecord));
}
