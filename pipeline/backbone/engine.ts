/**
 * The interface that every engine implements: frozen backbone in, embeddings out.
 *
 * @module
 */

/** Name of an engine. */
export type EngineName = "webgpu" | "cpu" | "wasm";

/** Horizontal views of an image that can be embedded. */
export type View = "plain" | "flipped";

/** A backbone that is ready to embed images. */
export interface Engine {
  /** Name of the engine. */
  readonly name: EngineName;
  /** What it runs on, for people: the adapter, or the number of threads or workers. */
  readonly description: string;
  /** Length D of an embedding; H·W·D where the graph has no pool. */
  readonly embeddingSize: number;
  /** Images a call of {@linkcode Engine.embed} handles best, one view each. */
  readonly batchSize: number;
  /**
   * Embeds images.
   *
   * Shapes: `images` U8 `[count, imageSize, imageSize, 3]`, RGB; returns F32
   * `[count, views.length, D]`, or `[count, views.length, H, W, D]` where the graph
   * has no pool. Any `count`: batches have a fixed shape inside.
   */
  embed(
    images: Uint8Array,
    options: { count: number; views: readonly View[] },
  ): Promise<Float32Array>;
  /** Frees the device or the workers. */
  close(): Promise<void>;
}
