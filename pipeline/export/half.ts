/**
 * Weights in half precision: rounded once, for whatever format keeps them.
 *
 * Kernels are rounded to F16; biases are few and stay F32. Every format computes
 * with the rounded numbers in F32, so what they cost is the same for all.
 */

import type { Backbone } from "../backbone/fold.ts";
import { foldedConv } from "../backbone/fold.ts";
import type { SavedHead } from "../head/checkpoint.ts";

/** Rounds numbers to those of F16, in place. */
function round(values: Float32Array, name: string): void {
  values.forEach((value, i) => {
    const half = Math.f16round(value);
    if (!Number.isFinite(half)) {
      throw new RangeError(
        `Cannot keep "${name}" in half precision as every weight must be below 65520: there is ${value}`,
      );
    }
    values[i] = half;
  });
}

/**
 * Rounds the kernels of a backbone to F16, in place.
 *
 * @throws {RangeError} If a weight is too large.
 */
export function roundNetwork({ graph, weights }: Backbone): void {
  for (const layer of graph.layers) {
    if (layer.kind !== "conv") continue;
    round(foldedConv(weights, layer).weight, layer.name);
  }
}

/**
 * Rounds the kernels of a head to F16.
 *
 * @throws {RangeError} If a weight is too large.
 */
export function roundHead(head: SavedHead): SavedHead {
  const parameters = Object.fromEntries(
    Object.entries(head.parameters).map(([name, values]) => {
      const copy = values.slice();
      if (name.endsWith(".kernel")) round(copy, name);
      return [name, copy];
    }),
  );
  return { ...head, parameters };
}
