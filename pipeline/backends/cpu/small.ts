/** Which networks are too small for several threads, and which even for a thread of their own. */

import type { Backbone } from "../../backbone/fold.ts";
import { type Graph, multiplications } from "../../backbone/layers.ts";

/**
 * Multiplications of an average layer, for one image, from which on it is divided among
 * threads: below, waking them takes longer. Measured with the embedded backbone, of
 * 0.24 million, on 2 cores: an image took 1.5 ms on both and 0.85 ms on one, a batch of
 * 8 took 10.3 ms of CPU time on both and 4.9 ms on one. Threads change no bit.
 */
const DIVIDED_LAYER = 2e6;

/**
 * Multiplications for an image, up to which a thread may wait for a network: those of
 * the embedded backbone at 96 pixels, 25 million, take 0.75 ms. Calling a worker adds
 * 0.15 ms, and more where a core sleeps meanwhile.
 */
const QUICK = 3e7;

/**
 * Number of weights up to which it may: 16 MB, as they are in memory twice then. More
 * are read slowly too: with 28 MB, 27 million multiplications take 1.7 ms.
 */
const QUICK_WEIGHTS = 4e6;

/** Whether a network is so quick that calling a worker is a large part of its time. */
export function isQuick({ graph, weights }: Backbone): boolean {
  return multiplications(graph) <= QUICK &&
    weights.values.length <= QUICK_WEIGHTS;
}

/** Whether a network is fastest on one core. */
export function isSmall(graph: Graph): boolean {
  return multiplications(graph) < DIVIDED_LAYER * graph.layers.length;
}
