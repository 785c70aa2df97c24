/**
 * The worker of the HDF5 library: reads the weights of one file.
 *
 * The library is built for the browser, where the only files are those in its
 * memory, of which this one is the first; links, virtual datasets and external
 * storage lead to files beside it, and there are none.
 */

import "./hdf5_sandbox.ts";
import { ready } from "h5wasm";
import type { Tensor } from "../../artifact/safetensors.ts";
import { Hdf5File } from "./hdf5_file.ts";
import { serveWorker } from "../../workers/calls.ts";
import type { Hdf5Service } from "./hdf5_client.ts";
import { Hdf5Refusal } from "./hdf5_limits.ts";
import { findWeights } from "./keras_layout.ts";

/** Says what is wrong with a file; of what the library says, what is underneath. */
function reasonOf(error: unknown): string {
  if (error instanceof Hdf5Refusal) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const found = [...message.matchAll(/^ *#\d+: \S+ line \d+ in (.*)$/gm)];
  return `it must be whole: HDF5 stops at "${
    found.at(-1)?.[1] ?? message
  }", so it is cut short or damaged`;
}

/** Reads the weights of a file. */
function readWeights(bytes: Uint8Array): Map<string, Tensor> {
  const file = new Hdf5File(bytes);
  const datasets = findWeights(file);
  const tensors = file.read(datasets);
  return new Map(datasets.map(({ name }, i) => [name, tensors[i]!]));
}

serveWorker<Hdf5Service>({
  async read(bytes, transfer) {
    await ready;
    try {
      const tensors = readWeights(bytes);
      for (const { data } of tensors.values()) {
        transfer.push(data.buffer as ArrayBuffer);
      }
      return { tensors };
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  },
});
