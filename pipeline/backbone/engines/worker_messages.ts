/**
 * What an engine and its workers say to each other.
 *
 * @module
 */

import type { Backbone } from "../backbone.ts";
import type { View } from "../engine.ts";

/** Asks whether the worker can do its work, before it is given the weights. */
export interface TestMessage {
  /** What it is. */
  kind: "test";
}

/** What to run. Its weights are the worker's own, which frees them. */
export interface StartMessage {
  /** What it is. */
  kind: "start";
  /** What to run. */
  backbone: Backbone;
  /** Images of a batch, where batches have a fixed shape. */
  batchSize: number;
}

/** Images to embed. */
export interface EmbedMessage {
  /** What it is. */
  kind: "embed";
  /** U8 `[n, S, S, 3]`, RGB; handed over, not copied. */
  images: Uint8Array<ArrayBuffer>;
  /** Their views; one only for the wasm engine. */
  views: readonly View[];
}

/** A message to a worker. */
export type WorkerMessage = TestMessage | StartMessage | EmbedMessage;

/** The answer to a message; a worker answers in the order it was asked. */
export type WorkerAnswer =
  /** Embeddings F32 `[views, n, D]`, handed over, and what pads the batch; none for the others. */
  | { rows: Float32Array<ArrayBuffer> }
  /** Why it failed. */
  | { error: string };
