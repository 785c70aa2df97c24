/** Which networks are too small for several threads. */

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
const QUICK = 5e7;

/** Whether a network is so quick that calling a worker is a large part of its time. */
export function isQuick(graph: Graph): boolean {
  return multiplications(graph) <= QUICK;
}

/** Whether a network is fastest on one core. */
export function isSmall(graph: Graph): boolean {
  return multiplications(graph) < DIVIDED_LAYER * graph.layers.length;
}
