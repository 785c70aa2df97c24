/**
 * What the HDF5 library may spend on a file. Whatever a file claims, it is
 * looked at before anything is allocated or waited for.
 */

/**
 * Time for an object, a list of names or a weight of any size, in milliseconds.
 * Each takes one millisecond; a file that takes seconds sends the library in circles.
 */
const PIECE_MS = 5000;

/**
 * Time for a file of any size, in milliseconds. The 1,500 objects of a
 * ResNet-152 take 300, and thirty times as long on a busy machine.
 */
const TOTAL_MS = 30_000;

/**
 * Bytes that are read in a millisecond, at least. Weights compressed by gzip, the
 * slowest, come four times as fast.
 */
const BYTES_PER_MS = 2 ** 15;

/**
 * Largest attribute, in bytes: as much as HDF5 keeps with an object. Keras
 * splits what is longer.
 */
export const MAX_ATTRIBUTE_BYTES = 2 ** 16;

/** Longest name, in characters. Names of weights have less than 100. */
export const MAX_NAME_LENGTH = 1024;

/** Most layers and weights, together. A ResNet-152 has 1,500. */
const MAX_OBJECTS = 50_000;

/** Most dimensions of a weight. Kernels have 5 at most, HDF5 allows 32. */
export const MAX_RANK = 8;

/** Most bytes of weights of a file of any size: twice a VGG-16 in 64 bits. */
const MAX_WEIGHT_BYTES = 2 ** 31;

/**
 * Most bytes of weights for each byte of the file. Weights hardly compress; the
 * deflate of a file of zeros reaches 1032.
 */
const MAX_EXPANSION = 64;

/** Bytes of weights that there may be however small the file is. */
const MIN_WEIGHT_BYTES = 2 ** 24;

/**
 * Heap for the library itself, in bytes: it starts with 19 MB, and keeps at most
 * 32 MiB of what it knows of a file.
 */
export const LIBRARY_HEAP_BYTES = 2 ** 26;

/** Copies of a chunk while its filters are undone: before, after, and room to grow. */
const COPIES_OF_CHUNK = 4;

/**
 * Room for the heap to grow by more than is asked for, as a fraction: it tries
 * 20 %, and 5 % at the last.
 */
const HEAP_SLACK = 0.1;

/** Bytes that a dataset takes. */
export interface DatasetBytes {
  /** Bytes of its elements. */
  sizeBytes: number;
  /** Bytes of a chunk; 0 where it has none. */
  chunkBytes: number;
  /** Bytes of its elements and of all its chunks: what reading it takes. */
  workBytes: number;
}

/**
 * Tells how many bytes weights may take, their chunks included.
 *
 * @param fileBytes Size of the file in bytes.
 */
export function mostWeightBytes(fileBytes: number): number {
  const most = MIN_WEIGHT_BYTES + MAX_EXPANSION * fileBytes;
  return Math.min(MAX_WEIGHT_BYTES, most);
}

/**
 * Tells how long a piece of a file may take.
 *
 * @param sizeBytes Bytes of weights in it.
 * @returns The time in milliseconds.
 */
export function mostPieceMs(sizeBytes: number): number {
  return PIECE_MS + Math.floor(sizeBytes / BYTES_PER_MS);
}

/**
 * Tells how long a file may take.
 *
 * @returns The time in milliseconds.
 */
export function mostTotalMs(sizeBytes: number): number {
  return TOTAL_MS + Math.floor(sizeBytes / BYTES_PER_MS);
}

/**
 * Tells how large the heap of the library may be while it reads weights: they
 * are read one after the other, each into the same place.
 */
export function mostHeapBytes(datasets: readonly DatasetBytes[]): number {
  let [largest, chunk] = [0, 0];
  for (const { sizeBytes, chunkBytes } of datasets) {
    largest = Math.max(largest, sizeBytes);
    chunk = Math.max(chunk, chunkBytes);
  }
  const needed = LIBRARY_HEAP_BYTES + largest + COPIES_OF_CHUNK * chunk;
  return Math.ceil(needed * (1 + HEAP_SLACK));
}

/** Refuses a file that breaks a rule; the message is the rule and what was found, the end of a sentence. */
export class Hdf5Refusal extends Error {}

/** Pays for objects and bytes before they are read, and refuses the file when it claims more than there may be. */
export class Hdf5Budget {
  readonly #fileBytes: number;
  #objects = MAX_OBJECTS;
  #weightBytes: number;
  #storedBytes: number;

  /**
   * Fills the budget.
   *
   * @param fileBytes Size of the file in bytes.
   */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
    this.#weightBytes = mostWeightBytes(fileBytes);
    this.#storedBytes = fileBytes;
  }

  /**
   * Pays for an object.
   *
   * @throws {Hdf5Refusal} If there were too many.
   */
  payObject(): void {
    if (--this.#objects >= 0) return;
    throw new Hdf5Refusal(
      `a file must have at most ${MAX_OBJECTS} layers and weights: it has more`,
    );
  }

  /**
   * Pays for the elements of a dataset.
   *
   * @throws {Hdf5Refusal} If the file claims too much.
   */
  payDataset(bytes: DatasetBytes, isCompressed: boolean): void {
    this.#weightBytes -= bytes.workBytes;
    if (!isCompressed) this.#storedBytes -= bytes.sizeBytes;
    // Neither is true of what is no number.
    if (!(this.#storedBytes >= 0)) {
      throw new Hdf5Refusal(
        `its weights must be in its ${this.#fileBytes} bytes where they are not compressed: they claim more`,
      );
    }
    if (!(this.#weightBytes >= 0)) {
      throw new Hdf5Refusal(
        `its weights must take at most ${MAX_EXPANSION} times its ${this.#fileBytes} bytes, chunks included: they claim more`,
      );
    }
  }
}
