/**
 * What may still be read from an HDF5 file.
 *
 * @module
 */

import {
  type DatasetBytes,
  MAX_EXPANSION,
  MAX_OBJECTS,
  mostWeightBytes,
} from "./hdf5_limits.ts";
import { Hdf5Refusal } from "./hdf5_refusal.ts";

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
