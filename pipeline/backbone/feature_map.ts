/**
 * Feature maps: what a backbone computes before its pool.
 *
 * A graph without its pool is a graph like any other, so every engine runs it as
 * it runs the whole one, and one that only embeds knows nothing of it: it holds
 * no other output, and compiles nothing more.
 *
 * @module
 */

import type { Graph } from "./layers.ts";

/**
 * Leaves the global pool out of a graph.
 *
 * An engine that is opened with it returns F32 `[H, W, D]` for each view, where
 * it would return the mean over H and W.
 *
 * @returns The layers before the pool; the last one ends with a relu.
 */
export function withoutPool(graph: Graph): Graph {
  const layers = graph.layers.filter(({ kind }) => kind !== "avgpool");
  return { ...graph, layers };
}

/**
 * Counts the numbers that a graph makes of an image.
 *
 * @param graph The graph, with its pool or without.
 * @returns D, or H·W·D without the pool.
 */
export function outputLength(graph: Graph): number {
  const { size, outChannels } = graph.layers.at(-1)!;
  return size ** 2 * outChannels;
}
