/**
 * Reading an HDF5 file in a worker.
 *
 * The library is C in WebAssembly: what a damaged file does to it stays in the
 * worker, and all of its memory is given back with the worker.
 *
 * @module
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { FileAccessError, FormatError } from "../../errors.ts";

/** What the worker answers to the bytes of a file. */
export type Hdf5Answer =
  /** Its weights by name, in the order of the layers, each with bytes of its own. */
  | { tensors: Map<string, Tensor> }
  /** Why it is refused: the end of a sentence. */
  | { reason: string };

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
  const worker = new Worker(new URL("./hdf5_worker.ts", import.meta.url), {
    type: "module",
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Hdf5Answer>) => {
        if ("tensors" in data) return resolve(data.tensors);
        const message =
          `Cannot read "${path}" as Keras weights as ${data.reason}`;
        reject(new FormatError(message, { path }));
      };
      // What the worker does not catch itself: a module that does not load.
      worker.onerror = (event) => {
        event.preventDefault();
        const reason = `the HDF5 library has failed: ${event.message}`;
        reject(new FileAccessError(path, reason));
      };
      worker.onmessageerror = () => {
        const reason = "the HDF5 library sent an answer that cannot be read";
        reject(new FileAccessError(path, reason));
      };
      worker.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
    });
  } finally {
    worker.terminate();
  }
}
