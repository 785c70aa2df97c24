/**
 * Writing ONNX models: nodes and constants, collected and encoded.
 *
 * Source: ONNX IR specification, https://onnx.ai/onnx/repo-docs/IR.html; the
 * operators are those of opset 13, and those that onnxruntime adds,
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
 */

import { encodeModel } from "./messages.ts";

/** Numbers of the data types in `TensorProto.DataType`. */
const DATA_TYPES = { F32: 1, U8: 2, I8: 3, I32: 6, I64: 7, F16: 10 } as const;

/** A data type, by its name in safetensors. */
type OnnxDtype = keyof typeof DATA_TYPES;

/** Elements of a constant. */
type OnnxValues =
  | Float32Array
  | Float16Array
  | Uint8Array
  | Int8Array
  | Int32Array
  | BigInt64Array;

/** Returns the data type of elements. */
function dtypeOf(values: OnnxValues): OnnxDtype {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Uint8Array) return "U8";
  if (values instanceof Int8Array) return "I8";
  if (values instanceof Int32Array) return "I32";
  return values instanceof BigInt64Array ? "I64" : "F16";
}

/** An attribute of a node: an integer, or a list of them. */
type OnnxAttribute = number | readonly number[];

/** An input or output of a model; `null`, or the name of a size, stands for one that is known when it runs. */
export interface OnnxValue {
  name: string;
  dtype: OnnxDtype;
  shape: readonly (number | string | null)[];
}

/** The set of operators that the models use. */
const OPSET = 13;

/** Operators that onnxruntime adds, the set they are in, and its version. */
const ADDED = {
  operators: ["QLinearAdd"],
  set: { domain: "com.microsoft", version: 1 },
} as const;

/** Returns whether a node has an operator that onnxruntime adds. */
function isAdded({ opType }: { opType: string }): boolean {
  return ADDED.operators.some((operator) => operator === opType);
}

/** Version of the file format that goes with it. */
const IR_VERSION = 7;

/** Describes an input or output. */
function toValueInfo({ name, dtype, shape }: OnnxValue) {
  const dim = shape.map((size, i) =>
    typeof size === "number"
      ? { dimValue: size }
      : { dimParam: size ?? `${name}${i}` }
  );
  const tensorType = { elemType: DATA_TYPES[dtype], shape: { dim } };
  return { name, type: { tensorType } };
}

/** Numbers of the types of attributes in `AttributeProto.AttributeType`. */
const [INT, INTS] = [2, 7];

/** Describes an attribute. */
function toAttribute([name, value]: [string, OnnxAttribute]) {
  return typeof value === "number"
    ? { name, type: INT, i: value }
    : { name, type: INTS, ints: [...value] };
}

/** Number of a place outside of the model in `TensorProto.DataLocation`. */
const EXTERNAL = 1;

/** Name of the file that constants outside of a model are in. */
export const OUTSIDE = "outside";

/** Says where a constant is that is outside of the model. */
function outsideEntries({ byteOffset, byteLength }: OnnxValues) {
  const place = { location: OUTSIDE, offset: byteOffset, length: byteLength };
  return Object.entries(place)
    .map(([key, value]) => ({ key, value: `${value}` }));
}

/** A model that is being written. */
export class OnnxBuilder {
  readonly #nodes: { opType: string; [field: string]: unknown }[] = [];
  readonly #constants: object[] = [];
  #rawBytes = 0;
  readonly #half: boolean;
  readonly #outside: ArrayBuffer | undefined;

  /**
   * Begins a model.
   *
   * @param options Whether weights are kept as F16, half the bytes; a buffer whose constants the model only names, as parts of the file {@linkcode OUTSIDE}, so that they are not copied.
   */
  constructor(options: { half?: boolean; outside?: ArrayBuffer } = {}) {
    this.#half = options.half ?? false;
    this.#outside = options.outside;
  }

  /**
   * Adds a constant.
   *
   * @param values Its elements, which are copied when the model is encoded.
   */
  constant(name: string, values: OnnxValues, shape: readonly number[]): string {
    const { buffer, byteOffset, byteLength } = values;
    const isOutside = buffer === this.#outside;
    if (!isOutside) this.#rawBytes += byteLength;
    this.#constants.push({
      name,
      dims: [...shape],
      dataType: DATA_TYPES[dtypeOf(values)],
      ...isOutside
        ? { dataLocation: EXTERNAL, externalData: outsideEntries(values) }
        : { rawData: new Uint8Array(buffer, byteOffset, byteLength) },
    });
    return name;
  }

  /**
   * Adds weights: a constant, which the model computes with in F32 even where it is
   * kept as F16.
   *
   * @param values Their elements.
   */
  weights(
    name: string,
    values: Float32Array,
    shape: readonly number[],
  ): string {
    if (!this.#half) return this.constant(name, values, shape);
    const stored = this.constant(
      `${name}.half`,
      Float16Array.from(values),
      shape,
    );
    return this.node("Cast", [stored], name, { to: DATA_TYPES.F32 });
  }

  /** Adds a constant of integers, I64 `[n]`; returns its name. */
  integers(name: string, values: readonly number[]): string {
    const big = BigInt64Array.from(values, BigInt);
    return this.constant(name, big, [values.length]);
  }

  /**
   * Adds a node with one output.
   *
   * @param inputs Names of its inputs; those left out at the end are absent.
   */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.#nodes.push({
      opType,
      ...isAdded({ opType }) && { domain: ADDED.set.domain },
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(toAttribute),
    });
    return output;
  }

  /**
   * Encodes the model; the builder is of no use afterwards.
   *
   * @param metadata Free text by name, which runtimes show.
   * @returns The bytes of a `.onnx` file.
   */
  encode(
    inputs: readonly OnnxValue[],
    outputs: readonly OnnxValue[],
    metadata: Readonly<Record<string, string>> = {},
  ): Uint8Array<ArrayBuffer> {
    return encodeModel({
      irVersion: IR_VERSION,
      opsetImport: [
        { domain: "", version: OPSET },
        ...this.#nodes.some(isAdded) ? [ADDED.set] : [],
      ],
      producerName: "headstart",
      metadataProps: Object.entries(metadata)
        .map(([key, value]) => ({ key, value })),
      graph: {
        name: "main",
        node: this.#nodes,
        initializer: this.#constants,
        input: inputs.map(toValueInfo),
        output: outputs.map(toValueInfo),
      },
    }, this.#rawBytes);
  }
}
