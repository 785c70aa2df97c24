/**
 * What the wasm engine and its workers say to each other.
 *
 * @module
 */

import type { Backbone } from "../backbone.ts";
import type { View } from "../engine.ts";

/** The first message: what to run. Its weights are the worker's own, which frees them. */
export interface StartMessage {
  /** What it is. */
  kind: "start";
  /** What to run. */
  backbone: Backbone;
  /** Images of a batch. */
  batchSize: number;
}

/** Images to embed. */
export interface EmbedMessage {
  /** What it is. */
  kind: "embed";
  /** U8 `[at most batchSize, S, S, 3]`, RGB; handed over, not copied. */
  images: Uint8Array<ArrayBuffer>;
  /** Their view. */
  view: View;
}

/** A message to a worker. */
export type WorkerMessage = StartMessage | EmbedMessage;

/** The answer to a message; a worker answers in the order it was asked. */
export type WorkerAnswer =
  /** Embeddings F32 `[batchSize, D]`, handed over; none for the start. */
  | { rows: Float32Array<ArrayBuffer> }
  /** Why it failed. */
  | { error: string };
