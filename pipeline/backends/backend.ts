/** The interface of a backend: all that the pipeline runs on a device. */

import type { Backbone } from "../backbone/fold.ts";
import type { View } from "../backbone/normalize.ts";
import type { OpenHead } from "../head/network.ts";
import type { Multiply } from "../numeric/matrices.ts";

/** A backbone, or one that is yet to be read: an engine may start meanwhile. */
export type ComingBackbone =
  | Backbone
  | (Pick<Backbone, "half" | "ranges" | "measures"> & {
    /** Reads it; called when the engine may have it, once for each that is tried. */
    read: () => Promise<Backbone>;
  });

/** Returns a backbone, and reads it if that is yet to be done. */
export async function readComing(coming: ComingBackbone): Promise<Backbone> {
  return "read" in coming ? await coming.read() : coming;
}

/** Name of a backend; messages and settings call it an engine. */
export type BackendName = "webgpu" | "cpu" | "wasm";

/** A frozen backbone that is ready to embed images. */
export interface Embedder {
  readonly name: BackendName;
  /** What it runs on, for people: the adapter, or the number of threads or workers. */
  readonly description: string;
  /** Length D of an embedding; H·W·D where the graph has no pool. */
  readonly embeddingSize: number;
  /** Images that one call of {@linkcode Embedder.embed} handles best, one view each. */
  readonly batchSize: number;
  /**
   * Embeds images.
   *
   * Shapes: `images` U8 `[count, imageSize, imageSize, 3]`, RGB; returns F32
   * `[count, views.length, D]`, or `[count, views.length, H, W, D]` where the graph
   * has no pool. Any `count`: batches have a fixed shape inside.
   *
   * @throws {BackendUnavailableError} If the device has failed.
   */
  embed(
    images: Uint8Array,
    options: { count: number; views: readonly View[] },
  ): Promise<Float32Array>;
  /** Frees the device or the workers. */
  close(): Promise<void>;
}

/** Tunables of an embedder. */
export interface EmbedderOptions {
  /**
   * Embeddings of a batch; fewer where a device has no buffer for so many.
   *
   * @default what is fastest on the backend
   */
  batchSize?: number | undefined;
  /**
   * Number of workers of `wasm`, or of `cpu` in 8 bits, where they divide the cores:
   * two embed many images faster, one embeds a single image faster.
   *
   * @default the number of cores, at most 8, on `wasm`; one on `cpu`
   */
  workers?: number | undefined;
  /**
   * Returns whether `cpu` may block this thread for a moment: a single image is then
   * embedded in it, if that takes no longer than some messages to a worker.
   *
   * @default never
   */
  mayBlock?: (() => boolean) | undefined;
}

/** A device that trains heads and multiplies matrices, in this thread. */
export interface Compute {
  readonly name: BackendName;
  /** What it runs on, for people. */
  readonly description: string;
  readonly openHead: OpenHead;
  readonly multiply: Multiply;
  /**
   * Throws if the device has reported an error, even one that no call returned.
   *
   * @throws {BackendUnavailableError} If it has.
   */
  check(): void;
  /** Frees the device; dispose of heads before. */
  close(): Promise<void>;
}

/**
 * A device.
 *
 * It opens in two parts, which run in different threads and load different code: the
 * backbone of `cpu` and `wasm` runs in workers, a quick one on `cpu` also in this thread
 * if it may be blocked; a head runs in the thread that trains it. Neither part loads
 * what only the other needs.
 */
export interface Backend {
  readonly name: BackendName;
  /**
   * Opens a backbone, after a self-test.
   *
   * @param coming What to run; its weights are handed over, and empty afterwards.
   * @throws {RangeError} If an option is not a positive integer.
   * @throws {BackendUnavailableError} If the device is missing, is too small or fails its self-test; `cpu` and `webgpu` leave the weights to another backend then.
   */
  openEmbedder(
    coming: ComingBackbone,
    options?: EmbedderOptions,
  ): Promise<Embedder>;
  /**
   * Opens the device for heads and products, after a self-test.
   *
   * @throws {BackendUnavailableError} If the device is missing or fails its self-test.
   */
  openCompute(): Promise<Compute>;
}
