/**
 * onnxruntime-web by itself, on WebAssembly with a number of threads.
 *
 * Arguments: weight file, side of the images, images a batch, threads.
 *
 * @module
 */

import * as runtime from "onnxruntime-web";
import { serveOnnx } from "../serve_batches.ts";

const [weights, imageSize, batchSize, threads] = Deno.args;
runtime.env.wasm.numThreads = Number(threads);
await serveOnnx(runtime, {
  weights: weights!,
  imageSize: Number(imageSize),
  batchSize: Number(batchSize),
  session: { executionProviders: ["wasm"] },
});
