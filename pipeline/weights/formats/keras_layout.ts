/**
 * The layout of Keras weights in an HDF5 file, of Keras 2.
 *
 * The attribute `layer_names` lists the layers in order, the attribute
 * `weight_names` of the group of each its weights, and each of those is the
 * path of a dataset below that group. What else a file holds is not looked at.
 *
 * Sources: keras/src/legacy/saving/legacy_h5_format.py and
 * keras/src/saving/saving_lib.py of https://github.com/keras-team/keras.
 */

import type { Hdf5Dataset, Hdf5File } from "./hdf5_file.ts";
import { Hdf5Refusal } from "./hdf5_limits.ts";

/** What is asked of a file. */
export type Hdf5Objects = Pick<
  Hdf5File,
  "has" | "attributes" | "names" | "dataset"
>;

/** Names at the root of a Keras 3 file; the last is of its first versions. */
const KERAS3_NAMES = ["layers", "vars", "_layer_checkpoint_dependencies"];

/** What to do with a file of Keras 3. */
export const CONVERT =
  'load it in Keras and write it with model.save("model.h5"), or in Keras 2 with model.save_weights("weights.h5")';

/** Reads a list of names that Keras split if it was longer than an attribute may be. */
function readNames(
  file: Hdf5Objects,
  path: string,
  name: string,
): string[] | undefined {
  const attributes = file.attributes(path);
  if (attributes.has(name)) return file.names(path, name);
  const parts: string[][] = [];
  while (attributes.has(`${name}${parts.length}`)) {
    parts.push(file.names(path, `${name}${parts.length}`));
  }
  return parts.length > 0 ? parts.flat() : undefined;
}

/** Finds the group that lists the layers, and says what the file is if there is none. */
function findGroup(file: Hdf5Objects) {
  const groups = file.has("/model_weights") ? ["/model_weights", ""] : [""];
  for (const group of groups) {
    const layerNames = readNames(file, group || "/", "layer_names");
    if (layerNames) return { group, layerNames };
  }
  throw new Hdf5Refusal(
    KERAS3_NAMES.some((name) => file.has(`/${name}`))
      ? `they must be in the format of Keras 2: this is a file of Keras 3, ${CONVERT}`
      : 'they must be listed in the attribute "layer_names": this is HDF5, but not of Keras',
  );
}

/**
 * Finds the weights of a file.
 *
 * @returns What was found, in the order of the layers.
 * @throws {Hdf5Refusal} If the layout is another, or something is missing.
 */
export function findWeights(file: Hdf5Objects): Hdf5Dataset[] {
  const { group, layerNames } = findGroup(file);
  const found = new Map<string, Hdf5Dataset>();
  for (const layerName of layerNames) {
    const layer = `${group}/${layerName}`;
    if (!file.has(layer)) {
      throw new Hdf5Refusal(
        `layer "${layerName}" must have a group: there is none`,
      );
    }
    const weightNames = readNames(file, layer, "weight_names");
    if (!weightNames) {
      throw new Hdf5Refusal(
        `layer "${layerName}" must have the attribute "weight_names": it has none`,
      );
    }
    for (const name of weightNames) {
      if (found.has(name)) {
        throw new Hdf5Refusal(
          `each weight must stand once: "${name}" stands twice`,
        );
      }
      const dataset = file.dataset(`${layer}/${name}`, name);
      if (!dataset) {
        throw new Hdf5Refusal(
          `weight "${name}" must be in the file: it is not`,
        );
      }
      found.set(name, dataset);
    }
  }
  if (found.size === 0) {
    throw new Hdf5Refusal(
      `there must be weights: ${layerNames.length} layers have none`,
    );
  }
  return [...found.values()];
}
