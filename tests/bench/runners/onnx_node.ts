/**
 * onnxruntime-node by itself, with the settings it comes with.
 *
 * Arguments: weight file, side of the images, images a batch.
 *
 * @module
 */

import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";
import { serveOnnx } from "../serve_batches.ts";

const [weights, imageSize, batchSize] = Deno.args;
await serveOnnx(await loadOnnxRuntime(), {
  weights: weights!,
  imageSize: Number(imageSize),
  batchSize: Number(batchSize),
});
