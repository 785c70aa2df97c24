/**
 * The worker that writes Keras files with the HDF5 library: all of the library's
 * memory is given back with it.
 *
 * Source of the layout: `keras/src/legacy/saving/legacy_h5_format.py` in
 * https://github.com/keras-team/keras.
 */

import { File, ready } from "h5wasm";
import { serveWorker } from "../workers/calls.ts";
import { KERAS_VERSION, type KerasLayer } from "./keras_config.ts";

/** What the worker does. */
export interface KerasService {
  /** Makes the bytes of a file. */
  encode(
    input: { layers: KerasLayer[]; modelConfig: string; labels: string },
  ): Promise<Uint8Array>;
  /** Reads the attribute `model_config` of a file. */
  readConfig(bytes: Uint8Array): Promise<string>;
}

/** Where the file is, in the memory of the library. */
const PATH = "/model.h5";

serveWorker<KerasService>({
  async encode({ layers, modelConfig, labels }) {
    const { FS } = await ready;
    const file = new File(PATH, "w");
    const group = file.create_group("model_weights");
    for (const place of [file, group]) {
      place.create_attribute("keras_version", KERAS_VERSION);
      place.create_attribute("backend", "tensorflow");
    }
    file.create_attribute("model_config", modelConfig);
    file.create_attribute("labels", labels);
    // Keras passes over layers without weights, whether they are listed or not.
    const weighted = layers.filter(({ weights }) => weights.length > 0);
    group.create_attribute("layer_names", weighted.map(({ name }) => name));
    for (const { name: layer, weights } of weighted) {
      const outer = group.create_group(layer);
      const names = weights.map(({ name }) => `${layer}/${name}:0`);
      outer.create_attribute("weight_names", names);
      const inner = outer.create_group(layer);
      for (const { name, values, shape } of weights) {
        inner.create_dataset({ name: `${name}:0`, data: values, shape });
      }
    }
    file.flush();
    file.close();
    const bytes = FS.readFile(PATH);
    FS.unlink(PATH);
    return bytes;
  },
  async readConfig(bytes) {
    const { FS } = await ready;
    FS.writeFile(PATH, bytes);
    const file = new File(PATH, "r");
    const config = file.attrs.model_config!.value as string;
    file.close();
    FS.unlink(PATH);
    return config;
  },
});
