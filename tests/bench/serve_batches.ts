/**
 * Serving a network of others: normalized images, a batch at a time.
 *
 * @module
 */

import type { OnnxRuntime } from "../../pipeline/backends/cpu/runtime.ts";
import { encodeNetwork } from "../../pipeline/onnx/backbone_graph.ts";
import { noisePixels, readNetwork } from "./network_input.ts";
import { serve } from "./serve.ts";

/** How a network of others is run. */
export interface BatchedNetwork {
  /** Side of the images, in pixels. */
  imageSize: number;
  /** Images a batch. */
  batchSize: number;
  /** Embeds `pixels` F32 `[n, S, S, 3]`, normalized. */
  embed: (pixels: Float32Array, n: number) => Promise<ArrayLike<number>>;
}

/**
 * Serves a network until standard input ends.
 *
 * @param network How it is run.
 */
export async function serveBatches(network: BatchedNetwork): Promise<void> {
  const { imageSize, batchSize, embed } = network;
  const pixelsAnImage = imageSize ** 2 * 3;
  await serve({
    prepare: (count) => noisePixels(count, imageSize),
    async run(pixels, count) {
      const rows: number[] = [];
      for (let first = 0; first < count; first += batchSize) {
        const n = Math.min(batchSize, count - first);
        const start = first * pixelsAnImage;
        const end = start + n * pixelsAnImage;
        rows.push(...Array.from(await embed(pixels.subarray(start, end), n)));
      }
      return rows;
    },
  });
}

/** The part of onnxruntime's packages that they have in common. */
export type CommonRuntime = Pick<OnnxRuntime, "InferenceSession" | "Tensor">;

/**
 * Serves the graph that the cpu engine runs, without its views and means, in a
 * runtime of ONNX.
 *
 * @param runtime The package.
 * @param options Weight file, sizes, and options of the session.
 */
export async function serveOnnx(
  runtime: CommonRuntime,
  options: {
    weights: string;
    imageSize: number;
    batchSize: number;
    session?: Parameters<CommonRuntime["InferenceSession"]["create"]>[1];
  },
): Promise<void> {
  const { weights, imageSize, batchSize, session: settings } = options;
  const model = encodeNetwork(await readNetwork(weights, imageSize));
  const session = await runtime.InferenceSession.create(model, settings);
  await serveBatches({
    imageSize,
    batchSize,
    async embed(pixels, n) {
      const shape = [n, imageSize, imageSize, 3];
      const feeds = { pixels: new runtime.Tensor("float32", pixels, shape) };
      const { embeddings } = await session.run(feeds);
      return await embeddings!.getData() as Float32Array;
    },
  });
}
