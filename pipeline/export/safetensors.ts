/**
 * The format `safetensors`: weights in `model.safetensors`, layers in `config.json`,
 * and a loader for PyTorch in `model.py`.
 *
 * Kernels are in PyTorch's order: `[out, in, k, k]` and `[out, in]`. Batch norm is
 * folded in.
 */

import { FileStore } from "../artifact/file_store.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from "../artifact/safetensors.ts";
import { convertToFloat32, toTensor } from "../artifact/tensor.ts";
import { type Backbone, foldedConv, foldWeights } from "../backbone/fold.ts";
import type { Graph } from "../backbone/layers.ts";
import { openEmbedder } from "../backends/open_backend.ts";
import { headLogits } from "../evidence/head_logits.ts";
import {
  type HeadParameters,
  type HeadShape,
  headTensors,
} from "../head/model.ts";
import type { Normalization } from "../image/preprocessing.ts";
import { softmax } from "../metrics/loss.ts";
import { transpose } from "../numeric/matrices.ts";
import type { ExportFacts, ExportFormat, ExportModel } from "./format.ts";
import { pillowLines } from "./pillow_lines.ts";
import { PYTORCH_LOADER } from "./pytorch_loader.ts";

/** Names of the files. */
const FILES = {
  weights: "model.safetensors",
  config: "config.json",
  loader: "model.py",
} as const;

/** What `config.json` holds. */
interface ModelConfig extends Graph {
  /** Class names by label. */
  classes: readonly string[];
  /** What is done to the pixels first. */
  normalization: Normalization;
  head: HeadShape;
  /** What logits are divided by. */
  temperature: number;
}

/** Wraps weights, as F16 where they are kept so. */
function toWeights(
  values: Float32Array,
  shape: number[],
  half: boolean,
): Tensor {
  if (!half) return toTensor(values, shape);
  const data = new Uint8Array(Float16Array.from(values).buffer);
  return { dtype: "F16", shape, data };
}

/** Collects the tensors, by the names of the layers. */
function collectTensors(
  { network, head, facts: { half } }: ExportModel,
): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const layer of network.graph.layers) {
    if (layer.kind !== "conv") continue;
    const { name, kernel, inChannels, outChannels } = layer;
    const { weight, bias } = foldedConv(network.weights, layer);
    const shape = [outChannels, inChannels, kernel, kernel];
    tensors[`${name}.weight`] = toWeights(weight, shape, half);
    tensors[`${name}.bias`] = toTensor(bias, [outChannels]);
  }
  for (const { name, shape } of headTensors(head.shape)) {
    const values = head.parameters[name]!;
    const [rows, columns] = shape;
    if (columns === undefined) tensors[name] = toTensor(values, shape);
    else {
      tensors[name.replace("kernel", "weight")] = toWeights(
        transpose(values, rows!, columns),
        [columns, rows!],
        half,
      );
    }
  }
  return tensors;
}

async function write(model: ExportModel, folder: FileStore): Promise<void> {
  const { network, head, facts } = model;
  const config: ModelConfig = {
    classes: facts.classNames,
    normalization: network.normalization,
    temperature: facts.temperature,
    head: head.shape,
    ...network.graph,
  };
  const metadata = { format: "pt", licence: facts.backbone.licence };
  const bytes = encodeSafetensors(collectTensors(model), metadata);
  freeBytes(network.weights.values);
  await folder.writeAtomic(FILES.weights, bytes);
  freeBytes(bytes);
  const text = (content: string) => new TextEncoder().encode(content);
  const json = `${JSON.stringify(config, null, 1)}\n`;
  await folder.writeAtomic(FILES.config, text(json));
  await folder.writeAtomic(FILES.loader, text(PYTORCH_LOADER));
}

/** Reads backbone and head from the files alone. */
async function read(folder: string) {
  const store = new FileStore(folder);
  const text = new TextDecoder().decode(await store.read(FILES.config));
  const config: ModelConfig = JSON.parse(text);
  const path = FILES.weights;
  const bytes = (await store.read(path))!;
  const { tensors } = decodeSafetensors(bytes, path);
  const numbers = (name: string) =>
    convertToFloat32(tensors.get(name)!, name, path);
  const constant = (length: number, value: number) =>
    new Float32Array(length).fill(value);
  const { normalization, head: shape, temperature } = config;
  // Batch norm is folded in already: one that does nothing is folded in again.
  const layers = config.layers.map((layer) => ({ ...layer, epsilon: 0 }));
  const graph: Graph = { ...config, layers };
  const weights = foldWeights(graph, ({ name, outChannels }) => ({
    weight: numbers(`${name}.weight`),
    bias: numbers(`${name}.bias`),
    gamma: constant(outChannels, 1),
    beta: constant(outChannels, 0),
    mean: constant(outChannels, 0),
    variance: constant(outChannels, 1),
  }));
  const parameters: HeadParameters = Object.fromEntries(
    headTensors(shape).map(({ name, shape: [rows, columns] }) => [
      name,
      columns === undefined
        ? numbers(name).slice()
        : transpose(numbers(name.replace("kernel", "weight")), columns, rows!),
    ]),
  );
  freeBytes(bytes);
  const network: Backbone = { graph, weights, normalization };
  return { network, head: { shape, parameters, metadata: {} }, temperature };
}

/** How a program loads the model. */
function describeUse({ preprocessing, half }: ExportFacts): string {
  return `\`${FILES.weights}\` holds the weights, batch norm folded in${
    half ? ", kernels as F16" : ""
  }, in PyTorch's order; \`${FILES.config}\` lists the layers. \`${FILES.loader}\`
loads both with PyTorch and nothing else:

\`\`\`python
import numpy, torch
from PIL import Image, ImageOps
from model import Classifier

classifier = Classifier(".")
${pillowLines(preprocessing.geometry)}
with torch.inference_mode():
    probabilities = classifier(torch.from_numpy(numpy.array(photo))[None])
print(classifier.config["classes"][probabilities[0].argmax()])
\`\`\``;
}

export const SAFETENSORS: ExportFormat = {
  file: FILES.weights,
  library: "pytorch",
  write,
  async open(folder) {
    const { network, head, temperature } = await read(folder);
    const { opened } = await openEmbedder("auto", network);
    const compute = headLogits(head);
    const { inputs, classes } = head.shape;
    return {
      runtime: `the engine ${opened.name} of headstart`,
      async classify(images, count) {
        const rows = await opened.embed(images, { count, views: ["plain"] });
        const logits = new Float32Array(count * classes);
        for (let i = 0; i < count; i++) {
          const own = rows.subarray(i * inputs, (i + 1) * inputs);
          logits.set(compute(own), i * classes);
        }
        return Float32Array.from(softmax(logits, classes, temperature));
      },
      close: opened.close,
    };
  },
  describeUse,
};
