/**
 * Attributes of an HDF5 file that are lists of names.
 *
 * Names are text of fixed length, as older versions of h5py write them, or of
 * variable length in a global heap, as newer ones do.
 *
 * Source: sections III.E and IV.A.2.m of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @module
 */

import type { Hdf5Bytes } from "./hdf5_bytes.ts";
import { MESSAGE, type Message } from "./hdf5_header.ts";
import { readShape, readType } from "./hdf5_types.ts";

/** A value of variable length: how long, in which heap, under which number. */
const HEAP_ID_BYTES = 16;

/** Bytes before the objects of a global heap, and before each object. */
const HEAP_HEADER_BYTES = 16;

/** Rounds up to the next multiple of 8. */
const padded = (size: number) => Math.ceil(size / 8) * 8;

/** Reads the names of variable length; each heap is walked once. */
class GlobalHeaps {
  readonly #file: Hdf5Bytes;
  readonly #heaps = new Map<number, Map<number, number>>();

  constructor(file: Hdf5Bytes) {
    this.#file = file;
  }

  /** Positions of the objects of a heap, by number. */
  #objects(heap: number): Map<number, number> {
    const known = this.#heaps.get(heap);
    if (known) return known;
    const file: Hdf5Bytes = this.#file;
    file.expect("GCOL", heap);
    const end = heap + file.view(heap, file.size(heap + 8)).length;
    const objects = new Map<number, number>();
    for (let at = heap + HEAP_HEADER_BYTES; at + HEAP_HEADER_BYTES <= end;) {
      file.step(1, at);
      const number = file.u16(at);
      // Number 0 is the free space at the end.
      if (number === 0) break;
      objects.set(number, at);
      at += HEAP_HEADER_BYTES + padded(file.size(at + 8));
    }
    this.#heaps.set(heap, objects);
    return objects;
  }

  /** Reads the text that the value at `at` stands for. */
  read(at: number): string {
    const file: Hdf5Bytes = this.#file;
    const length = file.u32(at);
    if (length === 0) return "";
    const number = file.u32(at + 12);
    const object = this.#objects(file.size(at + 4)).get(number);
    if (object === undefined || length > file.size(object + 8)) {
      file.fail(`its names must be in their heap: ${number} is not`, at);
    }
    return file.text(object + HEAP_HEADER_BYTES, length);
  }
}

/** Reads attributes of objects by name. */
export class Hdf5Attributes {
  readonly #file: Hdf5Bytes;
  readonly #heaps: GlobalHeaps;

  /**
   * Prepares reading.
   *
   * @param file The file.
   */
  constructor(file: Hdf5Bytes) {
    this.#file = file;
    this.#heaps = new GlobalHeaps(file);
  }

  /** Finds an attribute: where its type, shape and value are, and where it ends. */
  #find(messages: readonly Message[], wanted: string) {
    const file: Hdf5Bytes = this.#file;
    for (const { type, at, size, shared } of messages) {
      if (type === MESSAGE.attributeInfo) this.#refuseHeap(at);
      if (type !== MESSAGE.attribute || shared) continue;
      file.step(1, at);
      const version = file.u8(at);
      if (version < 1 || version > 3) {
        file.fail(`attributes must have version 1 to 3: one has ${version}`);
      }
      const pad = version === 1 ? padded : (n: number) => n;
      const nameBytes = file.u16(at + 2);
      const nameAt = at + (version === 3 ? 9 : 8);
      if (file.text(nameAt, nameBytes) !== wanted) continue;
      const typeAt = nameAt + pad(nameBytes);
      const shapeAt = typeAt + pad(file.u16(at + 4));
      const valueAt = shapeAt + pad(file.u16(at + 6));
      return { typeAt, shapeAt, valueAt, end: at + size };
    }
    return undefined;
  }

  /** Refuses attributes that are outside of the header of their object. */
  #refuseHeap(at: number): void {
    const heapAt = at + 2 + (this.#file.u8(at + 1) & 1 ? 2 : 0);
    if (this.#file.address(heapAt) !== undefined) {
      this.#file.fail(
        "attributes must stand with their object, as Keras writes them: some are in a fractal heap",
        heapAt,
      );
    }
  }

  /**
   * Reads an attribute that is a list of names.
   *
   * @param messages The messages of the object that has it.
   * @param name Its name.
   * @returns The names, if the attribute is there.
   * @throws {FormatError} If the attribute is something else, or damaged.
   */
  names(messages: readonly Message[], name: string): string[] | undefined {
    const found = this.#find(messages, name);
    if (!found) return undefined;
    const file: Hdf5Bytes = this.#file;
    const { typeAt, shapeAt, valueAt, end } = found;
    const count = readShape(file, shapeAt).reduce((a, b) => a * b, 1);
    // An empty list has no strings to tell its type from: h5py takes floats.
    if (count === 0) return [];
    const type = readType(file, typeAt);
    if (type.kind !== "text") {
      file.fail(`attribute "${name}" must be a list of strings: it is not`);
    }
    const bytes = type.variable ? HEAP_ID_BYTES : type.elementBytes;
    file.step(count, valueAt);
    if (!(valueAt + count * bytes <= end)) {
      file.fail(
        `attribute "${name}" must end with its message: ${count} names of ${bytes} bytes do not fit`,
        valueAt,
      );
    }
    return Array.from({ length: count }, (_, i) => {
      const at = valueAt + i * bytes;
      return type.variable ? this.#heaps.read(at) : file.text(at, bytes);
    });
  }
}
