/**
 * What the worker of the HDF5 library answers to the bytes of a file.
 *
 * @module
 */

import type { Tensor } from "../../artifact/safetensors.ts";

/** The answer to a file. */
export type Hdf5Answer =
  /** Its weights by name, in the order of the layers, each with bytes of its own. */
  | { tensors: Map<string, Tensor> }
  /** Why it is refused: the end of a sentence. */
  | { reason: string };
