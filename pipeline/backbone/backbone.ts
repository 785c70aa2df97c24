/**
 * A frozen backbone, ready for any engine: graph, folded weights, normalization.
 *
 * @module
 */

import type { Normalization } from "../image/preprocessing.ts";
import type { FoldedWeights } from "./fold.ts";
import type { Graph } from "./layers.ts";

/** What an engine needs to embed images. Plain data, which can be sent to a worker. */
export interface Backbone {
  graph: Graph;
  /** Weights of the convolutions, batch norm folded in. */
  weights: FoldedWeights;
  /** What the engine does to the pixels. */
  normalization: Normalization;
}
