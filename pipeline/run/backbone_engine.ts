/**
 * Opening an engine on the backbone of a run (an edge).
 *
 * @module
 */

import { readBackbone } from "../backbone/backbone.ts";
import type { Embedder } from "../backends/backend.ts";
import { openEmbedder } from "../backends/open_backend.ts";
import type { Graph } from "../backbone/layers.ts";
import { closeWeights } from "./backbone.ts";
import type { RunParts } from "./run_parts.ts";

/**
 * Reads the weights, opens an engine, and tells which it is.
 *
 * @param parts The run; the weights of its backbone are there.
 * @param stage The stage that it works for.
 * @param change What to make of the graph; left as it is if not given.
 * @returns The engine; free it with `close`.
 * @throws {ConfigError} If the weights are not there.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export async function openBackboneEngine(
  parts: RunParts,
  stage: string,
  change: (graph: Graph) => Graph = (graph) => graph,
): Promise<Embedder> {
  const { backbone, preprocessing: { geometry, normalization } } = parts;
  const { variant, name: path } = backbone;
  const { imageSize } = geometry;
  const options = { path, imageSize, normalization, variant };
  const file = await backbone.open();
  const network = readBackbone(file.tensors, options);
  closeWeights(file);
  const { opened, notes } = await openEmbedder(
    parts.file.config.engine,
    { ...network, graph: change(network.graph) },
  );
  const { name, description } = opened;
  parts.emit({ type: "engine", stage, name, description, notes });
  return opened;
}
