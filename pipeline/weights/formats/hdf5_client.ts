/**
 * Reading an HDF5 file in a worker.
 *
 * The library is C in WebAssembly: what a damaged file does to it stays in the
 * worker, and all of its memory is given back with the worker.
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { FileAccessError, FormatError } from "../../errors.ts";
import { startWorker } from "../../workers/calls.ts";

/** What the worker answers to the bytes of a file. */
type Hdf5Answer =
  /** Its weights by name, in the order of the layers, each with bytes of its own. */
  | { tensors: Map<string, Tensor> }
  /** Why it is refused: the end of a sentence. */
  | { reason: string };

/** What the worker does. */
export interface Hdf5Service {
  /** Reads the weights of the bytes of a file. */
  read(bytes: Uint8Array, transfer: Transferable[]): Promise<Hdf5Answer>;
}

/**
 * Reads the weights of a Keras file.
 *
 * @param bytes The file, which is handed over: empty afterwards.
 * @returns Tensors by name, in the order of the layers.
 * @throws {FormatError} If the file is damaged, is not of Keras, or claims more time or memory than weights need.
 * @throws {FileAccessError} If the library does not load.
 */
export async function readHdf5(
  bytes: Uint8Array,
  path: string,
): Promise<Map<string, Tensor>> {
  const { call, terminate } = startWorker<Hdf5Service>({
    module: new URL("./hdf5_worker.ts", import.meta.url),
    failure: (reason) =>
      new FileAccessError(path, `the HDF5 library does not run: ${reason}`),
  });
  try {
    const answer = await call("read", bytes, [bytes.buffer as ArrayBuffer]);
    if ("tensors" in answer) return answer.tensors;
    throw new FormatError(
      `Cannot read "${path}" as Keras weights as ${answer.reason}`,
      { path },
    );
  } finally {
    terminate();
  }
}
