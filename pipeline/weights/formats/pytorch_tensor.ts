/**
 * Tensors from their storages, the typed memory that they are parts of: views where
 * elements lie in a row, else copies.
 *
 * Source: torch/storage.py and the classes of torch/__init__.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/storage.py.
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import type { Dtype } from "../../artifact/safetensors_header.ts";
import { pytorchError, quote } from "./format_errors.ts";

export interface StorageType {
  /** Name, as the pickle has it, without its module. */
  name: string;
  /** Bytes an element takes. */
  elementBytes: number;
  /** Element type; `undefined` for those that no tensor of weights may have. */
  dtype: Dtype | undefined;
}

/** A storage, as a pickle refers to it. */
export interface StorageRef {
  /** Key under which the file has its bytes. */
  key: string;
  type: StorageType;
  /** Elements it has. */
  size: number;
}

/** Part of a storage; only old files have others than whole ones. */
export class StorageView {
  readonly storage: StorageRef;
  /** First element. */
  readonly start: number;
  /** Elements. */
  readonly size: number;

  /** Describes a part of a storage. */
  constructor(storage: StorageRef, start = 0, size = storage.size) {
    this.storage = storage;
    this.start = start;
    this.size = size;
  }
}

/** Types by name: bytes of an element, and the dtype where weights may have it. */
const TYPES: readonly (readonly [string, number, Dtype?])[] = [
  ["FloatStorage", 4, "F32"],
  ["HalfStorage", 2, "F16"],
  ["BFloat16Storage", 2, "BF16"],
  ["DoubleStorage", 8, "F64"],
  ["LongStorage", 8, "I64"],
  ["IntStorage", 4, "I32"],
  ["ByteStorage", 1, "U8"],
  ["ShortStorage", 2],
  ["CharStorage", 1],
  ["BoolStorage", 1],
  ["ComplexFloatStorage", 8],
  ["ComplexDoubleStorage", 16],
];

/** Types by the global that names them; those of tensors on a GPU are in `torch.cuda`. */
export const STORAGE_TYPES: ReadonlyMap<string, StorageType> = new Map(
  TYPES.flatMap(([name, elementBytes, dtype]) => {
    const type: StorageType = { name, elementBytes, dtype };
    return [[`torch.${name}`, type], [`torch.cuda.${name}`, type]] as const;
  }),
);

/** A tensor as the pickle describes it, unchecked. */
export class TensorRef {
  /** Where its elements are. */
  readonly view: StorageView;
  /** First element, size of each dimension, and elements from one index of it to the next. */
  readonly layout: readonly [offset: unknown, shape: unknown, strides: unknown];

  /** Describes a tensor. */
  constructor(view: StorageView, layout: TensorRef["layout"]) {
    this.view = view;
    this.layout = layout;
  }
}

/** Most dimensions; PyTorch's own functions stop at 64. */
const MAX_RANK = 64;

/**
 * Most bytes copied for each byte of the file. Tensors copied once need 1; many
 * transposed views of one storage could ask for any number.
 */
const MAX_COPIES = 4;

/** Where the elements of a tensor lie in a storage, counted in elements. */
interface Layout {
  /** First element. */
  offset: number;
  /** Size of each dimension. */
  shape: number[];
  /** Elements from one index of a dimension to the next. */
  strides: number[];
}

/** Whether a value is a list of counts. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_RANK &&
    value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Whether elements lie in a row. The stride of a dimension of size 1 does not matter. */
function isContiguous({ shape, strides }: Layout): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) continue;
    if (strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

/** Copies elements in row-major order. */
function gather(
  storage: Uint8Array,
  { offset, shape, strides }: Layout,
  data: Uint8Array,
  elementBytes: number,
): void {
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < data.byteLength; to += elementBytes) {
    for (let i = 0; i < elementBytes; i++) {
      data[to + i] = storage[from * elementBytes + i]!;
    }
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}

/** Decodes the tensors of one file. */
export class TensorDecoder {
  readonly #open: (storage: StorageRef) => Uint8Array;
  readonly #path: string;
  /** Bytes that may still be copied. */
  #budget: number;

  /**
   * Starts to decode.
   *
   * @param open Returns the bytes of a storage, checked to be as many as it says.
   * @param options The size of the file in bytes, and its name for errors.
   */
  constructor(
    open: (storage: StorageRef) => Uint8Array,
    options: { fileBytes: number; path: string },
  ) {
    this.#open = open;
    this.#path = options.path;
    this.#budget = MAX_COPIES * options.fileBytes;
  }

  /** Checks that all elements lie in the storage. */
  #checkLayout(name: string, { layout, view }: TensorRef): Layout {
    const [offset, shape, strides] = layout;
    const fail = (what: string): never => {
      throw pytorchError(this.#path, `tensor ${quote(name)} must ${what}`);
    };
    if (
      !isSizes(shape) || !isSizes(strides) || !isSizes([offset]) ||
      shape.length !== strides.length
    ) {
      return fail(
        `have an offset, and sizes and strides of at most ${MAX_RANK} dimensions, none negative: it has not`,
      );
    }
    // Products beyond 2⁵³ are inexact, but not less than the size of any storage.
    const count = shape.reduce((a, b) => a * b, 1);
    const last = shape.reduce(
      (sum, size, d) => sum + (size - 1) * strides[d]!,
      offset as number,
    );
    if (count > 0 && !(last < view.size)) {
      fail(
        `lie in the ${view.size} elements of its storage: its last is ${last}`,
      );
    }
    // More elements than the storage has are one element seen many times.
    if (count > view.size) {
      fail(
        `have at most the ${view.size} elements of its storage: [${shape}] are ${count}`,
      );
    }
    return { offset: view.start + (offset as number), shape, strides };
  }

  /**
   * Decodes a tensor.
   *
   * @returns The tensor; a view of the file if its elements lie in a row.
   * @throws {FormatError} If its type is not one of weights, it does not lie in its storage, or too much would be copied.
   */
  decode(name: string, ref: TensorRef): Tensor {
    const { storage } = ref.view;
    const { dtype, elementBytes } = storage.type;
    if (dtype === undefined) {
      throw pytorchError(
        this.#path,
        `tensor ${
          quote(name)
        } must be in storage of type Float, Half, BFloat16, Double, Long, Int or Byte: it is in ${storage.type.name}`,
      );
    }
    const layout = this.#checkLayout(name, ref);
    const { offset, shape } = layout;
    const size = elementBytes * shape.reduce((a, b) => a * b, 1);
    if (size === 0) return { dtype, shape, data: new Uint8Array() };
    const bytes = this.#open(storage);
    if (isContiguous(layout)) {
      const start = offset * elementBytes;
      return { dtype, shape, data: bytes.subarray(start, start + size) };
    }
    this.#budget -= size;
    if (this.#budget < 0) {
      throw pytorchError(
        this.#path,
        `its transposed tensors must have at most ${MAX_COPIES} times its bytes: they have more at ${
          quote(name)
        }`,
      );
    }
    const data = new Uint8Array(size);
    gather(bytes, layout, data, elementBytes);
    return { dtype, shape, data };
  }
}
