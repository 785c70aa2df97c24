/** The format `tfjs`: a LayersModel, `model.json` with shards of 4 MB. */

import { FileStore } from "../artifact/file_store.ts";
import type { Store } from "../artifact/store.ts";
import type { LayersParts } from "../backends/open_model.ts";
import type { ExportFacts, ExportFormat, ExportModel } from "./format.ts";
import {
  KERAS_VERSION,
  type KerasLayer,
  type KerasWeight,
  toModelConfig,
} from "./keras_config.ts";
import { listKerasLayers } from "./keras_model.ts";
import { openLayers } from "./open_layers.ts";

/** Name of the file that programs open. */
const FILE = "model.json";

/** Bytes of a shard; the size that tfjs's own converter gives them. */
const SHARD_BYTES = 4 * 2 ** 20;

/** How `model.json` says that F32 is kept as F16. */
const HALF = { dtype: "float16", original_dtype: "float32" } as const;

/** Bytes of a weight as it is kept. */
function toBytes({ values, mayBeHalf }: KerasWeight, half: boolean) {
  const kept = half && mayBeHalf ? Float16Array.from(values) : values;
  const { buffer, byteOffset, byteLength } = kept;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Collects the bytes of weights into shards; only one shard is held. */
function* shards(
  layers: readonly KerasLayer[],
  half: boolean,
): Generator<Uint8Array> {
  let shard = new Uint8Array(SHARD_BYTES);
  let filled = 0;
  for (const weight of layers.flatMap(({ weights }) => weights)) {
    const bytes = toBytes(weight, half);
    for (let start = 0; start < bytes.length;) {
      const part = bytes.subarray(start, start + SHARD_BYTES - filled);
      shard.set(part, filled);
      start += part.length;
      filled += part.length;
      if (filled < SHARD_BYTES) continue;
      yield shard;
      shard = new Uint8Array(SHARD_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield shard.subarray(0, filled);
}

/** Describes the weights, in the order of their bytes. */
function listWeights(
  layers: readonly KerasLayer[],
  half: boolean,
): LayersParts["weightSpecs"] {
  return layers.flatMap(({ name: layer, weights }) =>
    weights.map(({ name, shape, mayBeHalf }) => ({
      name: `${layer}/${name}`,
      shape,
      dtype: "float32" as const,
      ...half && mayBeHalf ? { quantization: HALF } : {},
    }))
  );
}

/** Writes the files, `model.json` last. */
async function write(model: ExportModel, folder: Store): Promise<void> {
  const { half, classNames, temperature, preprocessing, backbone } =
    model.facts;
  const layers = listKerasLayers(model);
  const bytes = layers.flatMap(({ weights }) => weights)
    .reduce((sum, weight) => {
      const size = half && weight.mayBeHalf ? 2 : 4;
      return sum + weight.values.length * size;
    }, 0);
  const count = Math.ceil(bytes / SHARD_BYTES);
  const paths: string[] = [];
  for (const shard of shards(layers, half)) {
    const path = `group1-shard${paths.length + 1}of${count}.bin`;
    await folder.writeAtomic(path, shard);
    paths.push(path);
  }
  const content = {
    format: "layers-model",
    generatedBy: "headstart",
    convertedBy: null,
    modelTopology: {
      keras_version: KERAS_VERSION,
      backend: "tensorflow",
      model_config: toModelConfig(layers),
    },
    weightsManifest: [{ paths, weights: listWeights(layers, half) }],
    userDefinedMetadata: {
      labels: classNames,
      temperature,
      preprocessing,
      licence: backbone.licence,
    },
  };
  const text = new TextEncoder().encode(JSON.stringify(content));
  await folder.writeAtomic(FILE, text);
}

/** Reads the files. */
async function read(folder: string): Promise<LayersParts> {
  const store = new FileStore(folder);
  const text = new TextDecoder().decode(await store.read(FILE));
  const { modelTopology, weightsManifest: [group] } = JSON.parse(text);
  const weightData: ArrayBuffer[] = [];
  for (const path of group.paths) {
    weightData.push((await store.read(path))!.buffer as ArrayBuffer);
  }
  return { modelTopology, weightSpecs: group.weights, weightData };
}

/** How a program loads the model. */
function describeUse({ preprocessing }: ExportFacts): string {
  const { imageSize: side } = preprocessing.geometry;
  return `A LayersModel of tfjs. Its input \`image\` is \`[n, ${side}, ${side}, 3]\`, RGB of 0 to 255; its
output is the probabilities \`[n, C]\`. Normalization and temperature are layers of it.

\`\`\`js
const model = await tf.loadLayersModel("./model.json");
const labels = await (await fetch("./labels.json")).json();
const image = tf.browser.fromPixels(canvas).expandDims(); // ${side}×${side}, see preprocessing.json
const probabilities = await model.predict(image).data();
console.log(labels[probabilities.indexOf(Math.max(...probabilities))]);
\`\`\``;
}

export const TFJS: ExportFormat = {
  file: FILE,
  library: "tfjs",
  write,
  async open(folder, facts) {
    return await openLayers(await read(folder), facts);
  },
  describeUse,
};
