/**
 * onnxruntime-web by itself, on WebGPU.
 *
 * Arguments: weight file, side of the images, images a batch.
 *
 * @module
 */

import * as runtime from "onnxruntime-web/webgpu";
import { serveOnnx } from "../serve_batches.ts";

const [weights, imageSize, batchSize] = Deno.args;
await serveOnnx(runtime, {
  weights: weights!,
  imageSize: Number(imageSize),
  batchSize: Number(batchSize),
  session: { executionProviders: ["webgpu"] },
});
