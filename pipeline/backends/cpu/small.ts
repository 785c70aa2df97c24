/** Which networks are too small for several threads. */

import { type Graph, multiplications } from "../../backbone/layers.ts";

/**
 * Multiplications of an average layer, for one image, from which on it is divided among
 * threads: below, waking them takes longer. Measured with the embedded backbone, of
 * 0.24 million, on 2 cores: an image took 1.5 ms on both and 0.85 ms on one, a batch of
 * 8 took 10.3 ms of CPU time on both and 4.9 ms on one. Threads change no bit.
 */
const DIVIDED_LAYER = 2e6;

/** Whether a network is fastest on one core. */
export function isSmall(graph: Graph): boolean {
  return multiplications(graph) < DIVIDED_LAYER * graph.layers.length;
}
