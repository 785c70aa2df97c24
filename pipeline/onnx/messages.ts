/**
 * The messages of ONNX, as far as models that are written here have them.
 *
 * Source: https://github.com/onnx/onnx/blob/v1.10.2/onnx/onnx.proto3.
 */

import protobuf from "protobufjs/light.js";

/** Fields by name: number and type, of repeated ones with `[]`. */
type Fields = Readonly<Record<string, readonly [id: number, type: string]>>;

/** Messages by name, with their fields. */
const MESSAGES: Readonly<Record<string, Fields>> = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto[]"],
    metadataProps: [14, "StringStringEntryProto[]"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, "NodeProto[]"],
    name: [2, "string"],
    initializer: [5, "TensorProto[]"],
    input: [11, "ValueInfoProto[]"],
    output: [12, "ValueInfoProto[]"],
  },
  NodeProto: {
    input: [1, "string[]"],
    output: [2, "string[]"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto[]"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    i: [3, "int64"],
    ints: [8, "int64[]"],
    type: [20, "int32"],
  },
  TensorProto: {
    dims: [1, "int64[]"],
    dataType: [2, "int32"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    externalData: [13, "StringStringEntryProto[]"],
    dataLocation: [14, "int32"],
  },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  TensorTypeProto: { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto[]"] },
  DimensionProto: { dimValue: [1, "int64"], dimParam: [2, "string"] },
};

/** Describes a field to `protobufjs`. */
function toField([id, type]: Fields[string]) {
  return type.endsWith("[]")
    ? { id, type: type.slice(0, -2), rule: "repeated" }
    : { id, type };
}

/** Makes an object of the same names. */
function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, map(value)]),
  );
}

/** Describes a message to `protobufjs`; by this edition, zeros that are set are written, and repeated numbers packed. */
function toMessage(fields: Fields) {
  return { edition: "2023", fields: mapValues(fields, toField) };
}

/** A whole model. */
export const ModelProto: protobuf.Type = protobuf.Root
  .fromJSON({ nested: mapValues(MESSAGES, toMessage) })
  .lookupType("ModelProto");

/** Room for all but the raw data of constants, in bytes; the writer finds more when it needs it. */
const ROOM = 2 ** 20;

/**
 * Encodes a model.
 *
 * @param rawBytes Bytes of the raw data of its constants: room for them is made at once, as the writer would double its room time and again.
 */
export function encodeModel(
  model: Record<string, unknown>,
  rawBytes: number,
): Uint8Array<ArrayBuffer> {
  const writer = new protobuf.Writer();
  writer.buf = new Uint8Array(rawBytes + ROOM);
  const bytes = ModelProto.encode(model, writer).finish(true);
  return bytes as Uint8Array<ArrayBuffer>;
}
