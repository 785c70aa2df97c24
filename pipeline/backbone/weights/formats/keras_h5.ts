/**
 * Weights that Keras wrote as HDF5: `save_weights("x.h5")`, or `save("x.h5")`
 * with the weights in the group `model_weights`.
 *
 * Layout: the attribute `layer_names` lists the layers in order, the attribute
 * `weight_names` of the group of each its weights, and each of those is the
 * path of a dataset below that group. What else a file holds is not looked at.
 *
 * The format of Keras 3, `x.weights.h5`, numbers its weights and names layers
 * after their classes, so that it says what they are only along with the code
 * of the model; it is refused, as are the zip archives `x.keras` around it.
 *
 * Sources: keras/src/legacy/saving/legacy_h5_format.py and
 * keras/src/saving/saving_lib.py of https://github.com/keras-team/keras.
 *
 * @module
 */

import type { Tensor } from "../../../artifact/safetensors.ts";
import { FormatError } from "../../../errors.ts";
import { Hdf5Attributes } from "./hdf5_attribute.ts";
import { Hdf5Bytes } from "./hdf5_bytes.ts";
import { readDataset } from "./hdf5_dataset.ts";
import { Hdf5Groups, type Hdf5Object } from "./hdf5_group.ts";
import { findSuperblock } from "./hdf5_header.ts";

/** Names at the root of a Keras 3 file; the last is of its first versions. */
const KERAS3_NAMES = ["layers", "vars", "_layer_checkpoint_dependencies"];

/** First entries of a `.keras` archive, in the order of writing. */
const KERAS_ENTRIES = ["metadata.json", "config.json", "model.weights.h5"];

/** What to do with a file of Keras 3. */
const CONVERT =
  'load it in Keras and write it with model.save("model.h5"), or in Keras 2 with model.save_weights("weights.h5")';

/**
 * Tells whether a file is HDF5, of whatever content.
 *
 * @param head The first bytes of the file: 8, or more to find a superblock that does not stand at the start.
 * @returns Whether it starts as HDF5 does.
 */
export function isHdf5(head: Uint8Array): boolean {
  return findSuperblock(head) !== undefined;
}

/**
 * Tells whether a file is a `.keras` archive.
 *
 * @param bytes The first 64 bytes of the file, or more.
 * @returns Whether it is a zip archive with the first entry of one.
 */
export function isKerasZip(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  return head.startsWith("PK\x03\x04") &&
    KERAS_ENTRIES.some((entry) => head.startsWith(entry, 30));
}

/** Finds the group that lists the layers, and says what the file is if there is none. */
function findWeights(file: Hdf5Bytes, groups: Hdf5Groups, names: NameReader) {
  const inModel = groups.find(groups.root, "model_weights");
  for (const group of inModel ? [inModel, groups.root] : [groups.root]) {
    const layerNames = names(group, "layer_names");
    if (layerNames) return { group, layerNames };
  }
  const links = groups.links(groups.root);
  file.fail(
    KERAS3_NAMES.some((name) => links.has(name))
      ? `they must be in the format of Keras 2: this is a file of Keras 3, ${CONVERT}`
      : 'they must be listed in the attribute "layer_names": this is HDF5, but not of Keras',
  );
}

/** Reads a list of names of a group. */
type NameReader = (group: Hdf5Object, name: string) => string[] | undefined;

/** Reads a list of names that Keras split if it was longer than an attribute may be. */
function readNames(attributes: Hdf5Attributes): NameReader {
  return ({ messages }, name) => {
    const whole = attributes.names(messages, name);
    if (whole) return whole;
    const parts: string[][] = [];
    for (;;) {
      const part = attributes.names(messages, `${name}${parts.length}`);
      if (!part) return parts.length > 0 ? parts.flat() : undefined;
      parts.push(part);
    }
  };
}

/** Makes sure that a file is HDF5. */
function openFile(bytes: Uint8Array, path: string): Hdf5Bytes {
  const base = findSuperblock(bytes);
  if (base !== undefined) return new Hdf5Bytes(bytes, { base, path });
  throw new FormatError(
    `Cannot read "${path}" as Keras weights as ` +
      (isKerasZip(bytes)
        ? `they must be HDF5: this is a .keras archive, ${CONVERT}`
        : "they must be HDF5: its signature is not there"),
    { path },
  );
}

/**
 * Decodes the weights of a Keras file.
 *
 * @param bytes The bytes of the file.
 * @param path Name of the file, for errors.
 * @returns Tensors by the names of the weights (`conv1_conv/kernel:0`; without
 * `:0` if Keras 3 wrote the file), in the order of the layers. Kernels are HWIO.
 * Most are views into `bytes`, without a copy, and may be unaligned.
 * @throws {FormatError} If the file is not valid, or is of another kind.
 */
export function decodeKerasH5(
  bytes: Uint8Array,
  path: string,
): Map<string, Tensor> {
  const file = openFile(bytes, path);
  const groups = new Hdf5Groups(file);
  const names = readNames(new Hdf5Attributes(file));
  const { group, layerNames } = findWeights(file, groups, names);
  const tensors = new Map<string, Tensor>();
  for (const layerName of layerNames) {
    const layer = groups.find(group, layerName) ??
      file.fail(`layer "${layerName}" must have a group: there is none`);
    const weightNames = names(layer, "weight_names") ??
      file.fail(
        `layer "${layerName}" must have the attribute "weight_names": it has none`,
      );
    for (const name of weightNames) {
      const dataset = groups.find(layer, name) ??
        file.fail(`weight "${name}" must be in the file: it is not`);
      if (tensors.has(name)) {
        file.fail(`each weight must stand once: "${name}" stands twice`);
      }
      tensors.set(name, readDataset(file, dataset.messages, name));
    }
  }
  if (tensors.size === 0) {
    file.fail(`there must be weights: ${layerNames.length} layers have none`);
  }
  return tensors;
}
