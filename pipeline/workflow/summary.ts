/**
 * The two tables that Keras' `summary()` prints: backbone and head.
 *
 * @module
 */

import { decodeSafetensors } from "../artifact/safetensors.ts";
import { buildGraph } from "../backbone/graph.ts";
import { embeddingSize } from "../backbone/spec.ts";
import { summarizeGraph, type SummaryRow } from "../backbone/summary.ts";
import { readTorchvision } from "../backbone/weights/torchvision.ts";
import { defaultConfig } from "../config/config.ts";
import { headTensors } from "../head/model.ts";
import { requireIndex } from "./complete_index.ts";
import { pipelineContext } from "./context.ts";
import { readRun } from "./run_file.ts";
import { DEFAULT_RUN, startSession } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** A backbone and a head, layer by layer. */
export interface Summary {
  /** Name of the backbone's network. */
  network: string;
  /** Its layers; all frozen. */
  backbone: SummaryRow[];
  /** Layers of the head; all trainable. */
  head: SummaryRow[];
  /** Number of classes; 1000 where the run is not prepared. */
  classes: number;
}

/** Classes of the head where there is no dataset yet. */
const UNKNOWN_CLASSES = 1000;

/**
 * Summarizes the network of a run, or of the defaults if there is no such run.
 *
 * @param workspace The work directory.
 * @param run Name of the run.
 * @returns The two tables.
 */
export async function summarize(
  workspace: Workspace,
  run: string = DEFAULT_RUN,
): Promise<Summary> {
  const { store } = workspace;
  const file = await readRun(store, run) ??
    { name: run, config: defaultConfig(), works: {} };
  const session = await startSession(file, pipelineContext(store, {}));
  const { backbone, preprocessing: { geometry } } = session;
  const tensors = decodeSafetensors(await backbone.read(), backbone.name);
  const { spec } = readTorchvision(tensors, {
    path: backbone.name,
    variant: backbone.variant,
  });
  const classes = file.works["dataset-index"]
    ? (await requireIndex(session)).dataset.classNames.length
    : UNKNOWN_CLASSES;
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
  return { network: spec.name, backbone: summarizeGraph(graph), head, classes };
}
