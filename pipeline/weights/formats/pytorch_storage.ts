/**
 * Storages: the typed memory that tensors of PyTorch are views of.
 *
 * Source: torch/storage.py and the classes of torch/__init__.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/storage.py.
 *
 * @module
 */

import type { Dtype } from "../../artifact/safetensors_header.ts";

/** A type of storage. */
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
  /** Its type. */
  type: StorageType;
  /** Elements it has. */
  size: number;
}

/** Part of a storage; only old files have others than whole ones. */
export class StorageView {
  /** The storage. */
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
