/**
 * Shapes and element types of an HDF5 file.
 *
 * Source: sections IV.A.2.b and IV.A.2.d of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @module
 */

import type { Dtype } from "../../../artifact/safetensors_header.ts";
import type { Hdf5Bytes } from "./hdf5_bytes.ts";

/** Most dimensions read. Kernels have 5 at most, HDF5 allows 32. */
export const MAX_RANK = 8;

/** What the elements are. */
export type Hdf5Type =
  | { kind: "number"; dtype: Dtype; elementBytes: number; bigEndian: boolean }
  | { kind: "text"; elementBytes: number; variable: boolean }
  | { kind: "other"; elementBytes: number; name: string };

/** What HDF5 calls its classes of types. */
const CLASSES = [
  "integer",
  "float",
  "time",
  "string",
  "bit field",
  "opaque",
  "compound",
  "reference",
  "enumeration",
  "variable-length",
  "array",
];

/** Layout of an IEEE 754 number: exponent, mantissa and bias, by its bytes. */
const IEEE: Readonly<Record<number, readonly number[]>> = {
  2: [10, 5, 0, 10, 15],
  4: [23, 8, 0, 23, 127],
  8: [52, 11, 0, 52, 1023],
};

/**
 * Reads a shape.
 *
 * @param file The file.
 * @param at Position of the dataspace.
 * @returns Size of each dimension; none for a single element, `[0]` for nothing.
 * @throws {FormatError} If the version is unknown or the rank is too high.
 */
export function readShape(file: Hdf5Bytes, at: number): number[] {
  const version = file.u8(at);
  const rank = file.u8(at + 1);
  if (version !== 1 && version !== 2) {
    file.fail(`dataspaces must have version 1 or 2: one has ${version}`, at);
  }
  if (rank > MAX_RANK) {
    file.fail(
      `a weight must have at most ${MAX_RANK} dimensions: one has ${rank}`,
      at,
    );
  }
  if (version === 2 && file.u8(at + 3) === 2) return [0];
  const sizesAt = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, i) => file.size(sizesAt + 8 * i));
}

/** Name of a number in safetensors, if it has one. */
function numberDtype(
  file: Hdf5Bytes,
  at: number,
  isFloat: boolean,
): Dtype | undefined {
  const bits = file.u8(at + 1);
  const elementBytes = file.u32(at + 4);
  const whole = file.u16(at + 8) === 0 &&
    file.u16(at + 10) === 8 * elementBytes;
  if (!whole) return undefined;
  if (isFloat) {
    const layout = IEEE[elementBytes];
    // Bit 6 marks the byte order of the VAX.
    const isIeee = layout !== undefined && (bits & 0x40) === 0 &&
      layout.slice(0, 4).every((n, i) => file.u8(at + 12 + i) === n) &&
      file.u32(at + 16) === layout[4];
    return isIeee ? `F${8 * elementBytes}` as "F16" | "F32" | "F64" : undefined;
  }
  const name = `${bits & 0x08 ? "I" : "U"}${8 * elementBytes}`;
  return name === "U8" || name === "I32" || name === "I64" ? name : undefined;
}

/**
 * Reads an element type.
 *
 * @param file The file.
 * @param at Position of the datatype.
 * @returns The type, `other` where no weight has it.
 */
export function readType(file: Hdf5Bytes, at: number): Hdf5Type {
  const typeClass = file.u8(at) & 0x0f;
  const bits = file.u8(at + 1);
  const elementBytes = file.u32(at + 4);
  if (typeClass === 3) return { kind: "text", elementBytes, variable: false };
  if (typeClass === 9 && (bits & 0x0f) === 1) {
    return { kind: "text", elementBytes: 16, variable: true };
  }
  const className = CLASSES[typeClass] ?? `class ${typeClass}`;
  const name = `${className} of ${elementBytes} bytes`;
  if (typeClass > 1) return { kind: "other", elementBytes, name };
  const dtype = numberDtype(file, at, typeClass === 1);
  if (dtype === undefined) return { kind: "other", elementBytes, name };
  return { kind: "number", dtype, elementBytes, bigEndian: (bits & 1) === 1 };
}
