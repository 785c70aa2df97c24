/** The two tables that Keras' `summary()` prints: backbone and head. */

import { buildGraph } from "../backbone/graph.ts";
import { DEPTHS, embeddingSize, resNet } from "../backbone/spec.ts";
import { summarizeGraph, type SummaryRow } from "../backbone/summary.ts";
import {
  type Classifier,
  readResNet,
  type ResNetWeights,
} from "../weights/mod.ts";
import { defaultConfig } from "../config/config.ts";
import { headTensors } from "../head/model.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";
import { type BackboneFile, closeWeights } from "./backbone.ts";
import { pipelineContext } from "./events.ts";
import { isFetched } from "./fetch_preset.ts";
import { assembleRun, DEFAULT_RUN, requireRun } from "./open_run.ts";
import { readRun } from "./run_file.ts";
import type { Workspace } from "./workspace.ts";

/** A backbone and a head, layer by layer. */
export interface Summary {
  /** Name of the backbone's network. */
  network: string;
  /** The classifier that comes with it and is not used, if there is one. */
  classifier: Classifier | undefined;
  /** Its layers; all frozen. */
  backbone: SummaryRow[];
  /** Layers of the head; all trainable. */
  head: SummaryRow[];
  /** Number of classes; 1000 where the run is not prepared. */
  classes: number;
}

/** Width of the published ResNets. */
const PUBLISHED_WIDTH = 64;

/** Says what a backbone is; a preset that is not fetched is as published. */
async function readNetwork(
  backbone: BackboneFile,
): Promise<Pick<ResNetWeights, "spec" | "classifier">> {
  const { name: path, variant } = backbone;
  if (!backbone.isHere && isFetched(path)) {
    const shape = { blocks: DEPTHS[101]!, width: PUBLISHED_WIDTH };
    return { spec: resNet(variant, shape), classifier: undefined };
  }
  const file = await backbone.open();
  const { spec, classifier } = readResNet(file.tensors, { path, variant });
  closeWeights(file);
  return { spec, classifier };
}

/** Classes of the head where there is no dataset yet. */
const UNKNOWN_CLASSES = 1000;

/**
 * Summarizes the network of a run; without a name that of the run `default`, or of the
 * defaults before there is one.
 *
 * @param options Name of the run, and absolute path of the folder of presets that were fetched.
 * @throws {MissingArtifactError} If there is no run of the name that is given.
 * @throws {ConfigError} If the weight file of the run is gone.
 */
export async function summarize(
  workspace: Workspace,
  options: { run?: string | undefined; cache?: string | undefined } = {},
): Promise<Summary> {
  const { store } = workspace;
  const { run: name, cache } = options;
  const file = name !== undefined
    ? await requireRun(workspace, name)
    : await readRun(store, DEFAULT_RUN) ??
      { name: DEFAULT_RUN, config: defaultConfig(), works: {} };
  const run = await assembleRun(file, pipelineContext(store, { cache }));
  const { backbone, preprocessing: { geometry } } = run.parts;
  const { spec, classifier } = await readNetwork(backbone);
  const index = await run.find(DATASET_INDEX);
  const classes = index?.classNames.length ?? UNKNOWN_CLASSES;
  const { hidden, activation, dropout } = file.config;
  const inputs = embeddingSize(spec);
  const parts = headTensors({ inputs, hidden, classes, activation });
  const head: SummaryRow[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const [kernel, bias] = [parts[i]!.shape, parts[i + 1]!.shape];
    const number = i / 2 + 1;
    head.push({
      name: `dropout${number}`,
      kind: `dropout ${dropout}`,
      outputShape: [kernel[0]!],
      parameters: 0,
    }, {
      name: `dense${number}`,
      kind: "dense",
      outputShape: bias,
      parameters: kernel[0]! * kernel[1]! + bias[0]!,
    });
  }
  const graph = buildGraph(spec, geometry.imageSize);
  return {
    network: spec.name,
    classifier,
    backbone: summarizeGraph(graph),
    head,
    classes,
  };
}
