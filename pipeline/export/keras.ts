/**
 * The format `keras`: a whole model as Keras 2 saves it, `model.h5`.
 *
 * Half precision is not offered: the HDF5 library that writes it has no 16-bit
 * floats.
 */

import { FileStore } from "../artifact/file_store.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import type { Store } from "../artifact/store.ts";
import type { LayersParts } from "../backends/open_model.ts";
import { openWeights } from "../weights/mod.ts";
import { startWorker } from "../workers/calls.ts";
import type { ExportFacts, ExportFormat, ExportModel } from "./format.ts";
import { toModelConfig } from "./keras_config.ts";
import { listKerasLayers } from "./keras_model.ts";
import type { KerasService } from "./keras_worker.ts";
import { openLayers } from "./open_layers.ts";
import { pillowLines } from "./pillow_lines.ts";

const FILE = "model.h5";

/** Starts the worker that has the HDF5 library. */
function startHdf5() {
  return startWorker<KerasService>({
    module: new URL("./keras_worker.ts", import.meta.url),
    failure: (reason) => new Error(`Cannot use "${FILE}" as ${reason}`),
  });
}

/** Writes the file. */
async function write(model: ExportModel, folder: Store): Promise<void> {
  const layers = listKerasLayers(model);
  const modelConfig = JSON.stringify(toModelConfig(layers));
  const labels = JSON.stringify(model.facts.classNames);
  const { buffer } = model.network.weights.values;
  const worker = startHdf5();
  try {
    const input = { layers, modelConfig, labels };
    const bytes = await worker.call("encode", input, [buffer]);
    await folder.writeAtomic(FILE, bytes);
    freeBytes(bytes);
  } finally {
    worker.terminate();
  }
}

/** Reads the file: its topology, and its weights as a Keras file of anyone. */
async function read(folder: string): Promise<LayersParts> {
  const store = new FileStore(folder);
  const worker = startHdf5();
  let config: string;
  try {
    const bytes = (await store.read(FILE))!;
    const transfer = [bytes.buffer as ArrayBuffer];
    config = await worker.call("readConfig", bytes, transfer);
  } finally {
    worker.terminate();
  }
  const { tensors } = (await openWeights(store, FILE))!;
  const weights = [...tensors].map(([name, { shape, data }]) => ({
    spec: { name: name.replace(/:0$/, ""), shape, dtype: "float32" as const },
    data: data.slice().buffer,
  }));
  return {
    modelTopology: { model_config: JSON.parse(config) },
    weightSpecs: weights.map(({ spec }) => spec),
    weightData: weights.map(({ data }) => data),
  };
}

/** How a program loads the model. */
function describeUse({ preprocessing }: ExportFacts): string {
  const { imageSize: side } = preprocessing.geometry;
  return `A whole model in the HDF5 format of Keras 2, which Keras 3 reads too. Its input \`image\` is
\`[n, ${side}, ${side}, 3]\`, RGB of 0 to 255; its output is the probabilities \`[n, C]\`.
Normalization and temperature are layers of it; batch norm is folded in.

\`\`\`python
import json, keras, numpy
from PIL import Image, ImageOps

model = keras.models.load_model("${FILE}", compile=False)
${pillowLines(preprocessing.geometry)}
probabilities = model.predict(numpy.asarray(photo, "float32")[None])
print(json.load(open("labels.json"))[probabilities[0].argmax()])
\`\`\``;
}

export const KERAS: ExportFormat = {
  file: FILE,
  library: "keras",
  hasHalf: false,
  write,
  async open(folder, facts) {
    return await openLayers(await read(folder), facts);
  },
  describeUse,
};
