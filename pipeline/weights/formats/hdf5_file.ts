/**
 * A file opened by the HDF5 library, with limits on what is read of it.
 *
 * On a damaged file the library throws an error or its WebAssembly traps. It cannot
 * be used afterwards, so each file gets a worker.
 */

import { Attribute, File, type Metadata, Module as library } from "h5wasm";
import type { Tensor } from "../../artifact/safetensors.ts";
import type { Dtype } from "../../artifact/safetensors_header.ts";
import { Hdf5Deadline } from "./hdf5_deadline.ts";
import {
  type DatasetBytes,
  Hdf5Budget,
  Hdf5Refusal,
  MAX_ATTRIBUTE_BYTES,
  MAX_NAME_LENGTH,
  MAX_RANK,
  mostHeapBytes,
  mostPieceMs,
  mostTotalMs,
} from "./hdf5_limits.ts";
import { limitHeap } from "./hdf5_sandbox.ts";

/** Classes of types, by number. */
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

/** The class of names. */
const STRING = CLASSES.indexOf("string");

/** Element types that weights have. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  "float of 2 bytes": "F16",
  "float of 4 bytes": "F32",
  "float of 8 bytes": "F64",
  "integer of 4 bytes, signed": "I32",
  "integer of 8 bytes, signed": "I64",
  "integer of 1 bytes": "U8",
};

/** The filter that makes chunks smaller. */
const DEFLATE = 1;

/** Filters that Keras can write, by number: deflate, shuffle and Fletcher's checksum. */
const FILTERS = [DEFLATE, 2, 3];

/** Where the file is, in the memory of the library. */
const PATH = "/weights.h5";

/** A dataset that was found and not read yet. */
export interface Hdf5Dataset extends DatasetBytes {
  /** Where it is. */
  path: string;
  name: string;
  /** Element type. */
  dtype: Dtype;
  /** Size of each dimension; none for a single element. */
  shape: number[];
}

/** Describes an element type. */
function typeWords({ type, size, signed }: Metadata): string {
  const words = `${CLASSES[type] ?? `class ${type}`} of ${size} bytes`;
  return signed ? `${words}, signed` : words;
}

/** Multiplies sizes. */
function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

/** An HDF5 file; the only one that the library can see. */
export class Hdf5File {
  readonly #id: bigint;
  readonly #budget: Hdf5Budget;
  readonly #deadline: Hdf5Deadline;

  /** Opens a file; the library must be ready. */
  constructor(bytes: Uint8Array) {
    const { byteLength } = bytes;
    this.#budget = new Hdf5Budget(byteLength);
    this.#deadline = new Hdf5Deadline("its structure", mostTotalMs(byteLength));
    library.activate_throwing_error_handler();
    library.FS.createDataFile("/", PATH.slice(1), bytes, true, false, true);
    this.#id = this.#ask(() => new File(PATH, "r").file_id);
  }

  /** Asks the library for something small. */
  #ask<T>(question: () => T): T {
    return this.#deadline.run(mostPieceMs(0), question);
  }

  /** Whether there is an object. */
  has(path: string): boolean {
    return this.#ask(() => library.get_type(this.#id, path)) >= 0;
  }

  /** Names of the attributes of an object. */
  attributes(path: string): ReadonlySet<string> {
    this.#budget.payObject();
    const names = () => library.get_attribute_names(this.#id, path);
    return new Set(this.#ask(names));
  }

  /** Reads an attribute that is a list of names. */
  names(path: string, name: string): string[] {
    const attribute = this.#ask(() => new Attribute(this.#id, path, name));
    const { metadata } = attribute;
    const count = product(metadata.shape ?? [0]);
    // An empty list has no strings to tell its type from: h5py takes floats.
    if (count === 0) return [];
    if (metadata.type !== STRING) {
      const found = typeWords(metadata);
      throw new Hdf5Refusal(
        `attribute "${name}" must be a list of strings: it is ${found}`,
      );
    }
    const sizeBytes = count * metadata.size;
    if (!(sizeBytes <= MAX_ATTRIBUTE_BYTES)) {
      throw new Hdf5Refusal(
        `attribute "${name}" must have at most ${MAX_ATTRIBUTE_BYTES} bytes: it has ${sizeBytes}`,
      );
    }
    const names = [this.#ask(() => attribute.value)].flat() as string[];
    for (const { length } of names) {
      if (length <= MAX_NAME_LENGTH) continue;
      throw new Hdf5Refusal(
        `a name must have at most ${MAX_NAME_LENGTH} characters: one has ${length}`,
      );
    }
    return names;
  }

  /**
   * Finds a dataset.
   *
   * @returns The dataset, its elements not read yet; `undefined` where there is no object.
   */
  dataset(path: string, name: string): Hdf5Dataset | undefined {
    this.#budget.payObject();
    const refuse = (what: string): never => {
      throw new Hdf5Refusal(`weight "${name}" must ${what}`);
    };
    const kind = this.#ask(() => library.get_type(this.#id, path));
    if (kind < 0) return undefined;
    if (kind !== library.H5G_DATASET) refuse("be a dataset: it is not");
    const metadata = this.#ask(() =>
      library.get_dataset_metadata(this.#id, path)
    );
    const { size, chunks } = metadata;
    const shape = metadata.shape ?? [0];
    const words = typeWords(metadata);
    const dtype = DTYPES[words] ??
      refuse(`be F16, F32, F64, I32, I64 or U8: it is ${words}`);
    if (metadata.virtual_sources) refuse("lie in this file: it is virtual");
    if (shape.length > MAX_RANK) {
      refuse(`have at most ${MAX_RANK} dimensions: it has ${shape.length}`);
    }
    const filters = chunks ? this.#filters(path) : [];
    const isKnown = (id: number, i: number) =>
      FILTERS.includes(id) && filters.indexOf(id) === i;
    if (!filters.every(isKnown)) {
      refuse(
        `have the filters deflate (1), shuffle (2) and checksum (3), once each: it has ${filters}`,
      );
    }
    const sizeBytes = size * product(shape);
    const chunkBytes = chunks ? size * product(chunks) : 0;
    const grid = chunks?.map((n, d) => Math.ceil(shape[d]! / n)) ?? [0];
    const workBytes = sizeBytes + chunkBytes * product(grid);
    const bytes = { sizeBytes, chunkBytes, workBytes };
    this.#budget.payDataset(bytes, filters.includes(DEFLATE));
    return { path, name, dtype, shape, ...bytes };
  }

  /** Numbers of the filters of a dataset. */
  #filters(path: string): number[] {
    return this.#ask(() => library.get_dataset_filters(this.#id, path))
      .map(({ id }) => id);
  }

  /**
   * Reads the elements of datasets.
   *
   * @returns Tensors in the same order, little endian, each with bytes of its own.
   */
  read(datasets: readonly Hdf5Dataset[]): Tensor[] {
    const total = datasets.reduce((sum, d) => sum + d.workBytes, 0);
    const deadline = new Hdf5Deadline("its data", mostTotalMs(total));
    limitHeap(mostHeapBytes(datasets));
    const place = library._malloc(
      datasets.reduce((most, d) => Math.max(most, d.sizeBytes), 1),
    );
    if (place === 0) throw new Hdf5Refusal("its weights must fit into memory");
    const at = BigInt(place);
    return datasets.map(({ path, dtype, shape, sizeBytes, workBytes }) => {
      deadline.run(
        mostPieceMs(workBytes),
        () => library.get_dataset_data(this.#id, path, null, null, null, at),
      );
      const data = library.HEAPU8.slice(place, place + sizeBytes);
      return { dtype, shape, data };
    });
  }
}
