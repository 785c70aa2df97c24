/**
 * The table that `summary` prints: the layers of a graph with their parameters.
 */

import type { Graph, Layer } from "./layers.ts";

/** A line of the table. */
export interface SummaryRow {
  /** Name of the layer, as in torchvision. */
  name: string;
  /** What it is, for people: `conv 3x3 / 2`. */
  kind: string;
  /** Shape of its output without the batch: `[height, width, channels]`, or `[channels]`. */
  outputShape: number[];
  /**
   * Numbers it holds, with its batch norm: scale, shift, mean and variance, as
   * Keras counts them.
   */
  parameters: number;
}

/** Numbers of a batch norm per channel: scale, shift, mean and variance. */
const BATCH_NORM_NUMBERS = 4;

/** Counts the numbers that a layer holds. */
function countParameters(layer: Layer, bias: boolean): number {
  if (layer.kind !== "conv") return 0;
  const { kernel, inChannels, outChannels } = layer;
  const perChannel = kernel ** 2 * inChannels + BATCH_NORM_NUMBERS +
    (bias ? 1 : 0);
  return perChannel * outChannels;
}

function describeKind(layer: Layer): string {
  if (layer.kind === "avgpool") return "global average pool";
  const { kernel, stride } = layer;
  const step = stride === 1 ? "" : ` / ${stride}`;
  const window = `${kernel}x${kernel}${step}`;
  if (layer.kind === "maxpool") return `max pool ${window}`;
  return layer.add === undefined ? `conv ${window}` : `conv ${window} + add`;
}

/** Lists the layers of a graph. */
export function summarizeGraph(graph: Graph): SummaryRow[] {
  return graph.layers.map((layer) => {
    const { name, kind, size, outChannels } = layer;
    return {
      name,
      kind: describeKind(layer),
      outputShape: kind === "avgpool"
        ? [outChannels]
        : [size, size, outChannels],
      parameters: countParameters(layer, graph.spec.bias),
    };
  });
}
