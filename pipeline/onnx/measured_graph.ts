/** Measuring the activations of a backbone, beside its embeddings. */

import type { Graph } from "../backbone/layers.ts";
import { rangeNames } from "../backbone/ranges.ts";
import type { OnnxBuilder } from "./builder.ts";

/** Every dimension but that of the images. */
const AXES = [1, 2, 3];

/**
 * Adds least and largest value of each activation, after the layers.
 *
 * @param embeddings Name of the output of the layers, F32 `[n, D]`.
 * @returns Name of the output: F32 `[n, D + 2 T]` for T activations, as `rangeNames` lists them.
 */
export function addMeasures(
  builder: OnnxBuilder,
  graph: Graph,
  embeddings: string,
): string {
  const extremes = rangeNames(graph).flatMap((name) =>
    (["ReduceMin", "ReduceMax"] as const).map((operator) =>
      builder.node(operator, [name], `${name}.${operator}`, { axes: AXES })
    )
  );
  builder.node("Concat", extremes, "extremes", { axis: 1 });
  builder.node("Flatten", ["extremes"], "ranges", { axis: 1 });
  return builder.node("Concat", [embeddings, "ranges"], "measured", {
    axis: 1,
  });
}
