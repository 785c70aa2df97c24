/**
 * Weights that Keras wrote as HDF5: `save_weights("x.h5")`, or `save("x.h5")`
 * with the weights in the group `model_weights`.
 *
 * The format of Keras 3, `x.weights.h5`, numbers its weights and names layers
 * after their classes, so that it says what they are only along with the code
 * of the model; it is refused, as are the zip archives `x.keras` around it.
 */

import type { Tensor } from "../../artifact/safetensors.ts";
import { FormatError } from "../../errors.ts";
import { readHdf5 } from "./hdf5_client.ts";
import { CONVERT } from "./keras_layout.ts";

/** First bytes of a superblock. */
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** First entries of a `.keras` archive, in the order of writing. */
const KERAS_ENTRIES = ["metadata.json", "config.json", "model.weights.h5"];

/**
 * Tells whether a file is HDF5, of whatever content.
 *
 * Its superblock stands at the start, or at 512 bytes, 1024 and so on, where a
 * file starts with a block of the user's.
 *
 * Source: section II.A of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @param head The first bytes of the file: 8, or more to find a superblock that does not stand at the start.
 */
export function isHdf5(head: Uint8Array): boolean {
  for (let at = 0; at + SIGNATURE.length <= head.length; at = at * 2 || 512) {
    if (SIGNATURE.every((byte, i) => head[at + i] === byte)) return true;
  }
  return false;
}

/**
 * Tells whether a file is a `.keras` archive.
 *
 * @param bytes The first 64 bytes of the file, or more.
 */
export function isKerasZip(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  return head.startsWith("PK\x03\x04") &&
    KERAS_ENTRIES.some((entry) => head.startsWith(entry, 30));
}

/**
 * Decodes the weights of a Keras file.
 *
 * @param bytes The bytes of the file, which are handed over: empty afterwards.
 * @returns Tensors by the names of the weights (`conv1_conv/kernel:0`; without
 * `:0` if Keras 3 wrote the file), in the order of the layers, each with bytes
 * of its own. Kernels are HWIO.
 * @throws {FormatError} If the file is not valid, or is of another kind.
 * @throws {FileAccessError} If the HDF5 library does not load.
 */
export async function decodeKerasH5(
  bytes: Uint8Array,
  path: string,
): Promise<Map<string, Tensor>> {
  if (isHdf5(bytes)) return await readHdf5(bytes, path);
  throw new FormatError(
    `Cannot read "${path}" as Keras weights as ` +
      (isKerasZip(bytes)
        ? `they must be HDF5: this is a .keras archive, ${CONVERT}`
        : "they must be HDF5: its signature is not there"),
    { path },
  );
}
