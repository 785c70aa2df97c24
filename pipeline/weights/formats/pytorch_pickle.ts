/**
 * What the pickle of a state dict may name: mappings, tensors and storages.
 *
 * Anything else is refused by its name, before anything could come of it.
 * Tensors stay descriptions here, as in old files their bytes come later.
 *
 * Source: torch/_utils.py, https://github.com/pytorch/pytorch/blob/main/torch/_utils.py,
 * and `Tensor.__setstate__` of torch/_tensor.py.
 */

import { MAX_OPCODES, type PickleMeanings } from "./pickle.ts";
import { pytorchError, quote } from "./format_errors.ts";
import {
  STORAGE_TYPES,
  type StorageRef,
  StorageView,
  TensorRef,
} from "./pytorch_tensor.ts";

/** A tensor of a module; in old files the tensor is in its state. */
class Parameter {
  tensor: TensorRef | undefined;
}

/** A function or class that is not run but known. */
class Callable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What can be called, by the module and the name. */
const CALLABLES: ReadonlyMap<string, Callable> = new Map(
  [
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch.nn.parameter.Parameter",
    "torch.Size",
  ].map((name) => [name, new Callable(name)]),
);

/**
 * Takes the tensor out of a value of a pickle.
 *
 * @returns The tensor, or `undefined` if it is none.
 */
export function toTensorRef(value: unknown): TensorRef | undefined {
  if (value instanceof Parameter) return value.tensor;
  return value instanceof TensorRef ? value : undefined;
}

/** Whether a value counts elements. */
function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Meanings for one file; they remember its storages. */
export class PytorchMeanings implements PickleMeanings {
  /** Storages by key, in the order of the file. */
  readonly storages: Map<string, StorageRef> = new Map();
  readonly #path: string;
  /** Pairs copied into mappings so far; a pickle may refer to one list of them often. */
  #pairs = 0;

  /** Starts without storages. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Throws what is wrong with the pickle. */
  #fail(what: string): never {
    throw pytorchError(this.#path, what);
  }

  /** Returns a type of storage, or what can be called. */
  find(name: string): unknown {
    return STORAGE_TYPES.get(name) ?? CALLABLES.get(name) ?? this.#fail(
      `its pickle must name nothing but tensors: it names ${quote(name)}`,
    );
  }

  /** Makes a mapping, a tensor, a parameter or a shape. */
  call(callee: unknown, args: readonly unknown[]): unknown {
    if (!(callee instanceof Callable)) {
      this.#fail(
        "its pickle must call only what makes tensors: it calls a value",
      );
    }
    const [first] = args;
    switch (callee.name) {
      case "collections.OrderedDict":
        return this.#makeMap(first ?? []);
      case "torch.Size":
        return first;
      case "torch._utils._rebuild_tensor":
      case "torch._utils._rebuild_tensor_v2":
        return this.#makeTensor(args);
      default: {
        const parameter = new Parameter();
        parameter.tensor = toTensorRef(first);
        return parameter;
      }
    }
  }

  /** Sets the tensor of a parameter; drops what Python attaches to others. */
  build(target: unknown, state: unknown): void {
    if (target instanceof Parameter) {
      const first = Array.isArray(state) ? toTensorRef(state[0]) : undefined;
      target.tensor ??= first;
    } else if (!(target instanceof Map)) {
      this.#fail(
        "its pickle must set the state of mappings only: it sets another",
      );
    }
  }

  /** Returns a storage: `("storage", type, key, location, size, view)`. */
  load(id: unknown): unknown {
    const [tag, type, key, , size, view] = Array.isArray(id) ? id : [];
    const known = [...STORAGE_TYPES.values()].find((t) => t === type);
    if (
      tag !== "storage" || known === undefined || typeof key !== "string" ||
      !isSize(size)
    ) {
      this.#fail(
        "its pickle must refer to storages by type, key and size: it does not",
      );
    }
    const storage = this.storages.get(key) ?? { key, type: known, size };
    if (storage.type !== known || storage.size !== size) {
      this.#fail(
        `storage ${
          quote(key)
        } must be the same each time: it is ${storage.type.name} of ${storage.size} and ${known.name} of ${size}`,
      );
    }
    this.storages.set(key, storage);
    return this.#makeView(storage, view);
  }

  /** Makes a mapping from pairs; Python 2 writes them as arguments. */
  #makeMap(pairs: unknown): Map<unknown, unknown> {
    const isPair = (pair: unknown): pair is [unknown, unknown] =>
      Array.isArray(pair) && pair.length === 2;
    if (!Array.isArray(pairs) || !pairs.every(isPair)) {
      this.#fail("a mapping of its pickle must be made from pairs: it is not");
    }
    this.#pairs += pairs.length;
    if (this.#pairs > MAX_OPCODES) {
      this.#fail(
        `mappings of its pickle must be made from at most ${MAX_OPCODES} pairs: they are from more`,
      );
    }
    return new Map(pairs);
  }

  /** Makes a tensor from storage, offset, shape, strides, two that do not matter, and metadata. */
  #makeTensor(args: readonly unknown[]): TensorRef {
    const [view, offset, shape, strides, , , metadata] = args;
    if (!(view instanceof StorageView)) {
      this.#fail("a tensor of its pickle must have a storage: it has none");
    }
    // It says that elements are to be negated or conjugated.
    if (metadata instanceof Map && metadata.size > 0) {
      this.#fail("a tensor of its pickle must be as it is stored: it is lazy");
    }
    return new TensorRef(view, [offset, shape, strides]);
  }

  /** Makes a view of a storage: `(key, first element, size)`, or all of it. */
  #makeView(storage: StorageRef, view: unknown): StorageView {
    if (view === undefined || view === null) return new StorageView(storage);
    const [, start, size] = Array.isArray(view) ? view : [];
    if (!isSize(start) || !isSize(size) || start + size > storage.size) {
      this.#fail(
        `a view of storage ${
          quote(storage.key)
        } must lie in its ${storage.size} elements: it does not`,
      );
    }
    return new StorageView(storage, start, size);
  }
}
