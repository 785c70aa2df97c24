/**
 * A worker of the wasm engine: one thread with a tfjs backend of its own.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { freeBytes } from "../../artifact/free_bytes.ts";
import { makeNormalizer } from "../normalize.ts";
import { buildNetwork } from "./forward.ts";
import { type Embedder, serveWorker } from "./serve_worker.ts";
import { startTfjs } from "./tfjs_backend.ts";
import { testTfjs } from "./tfjs_self_test.ts";
import type { StartMessage } from "./worker_messages.ts";

/** Starts the backend and tests it. */
async function startBackend(): Promise<void> {
  await testTfjs(await startTfjs("wasm"));
}

// Begun before the weights come, since workers get theirs one after the other.
const backend = startBackend();
// Whoever asks for the start hears of a failure.
backend.catch(() => {});

/** Loads the weights; batches are padded to their fixed shape. */
async function start(message: StartMessage): Promise<Embedder> {
  const { backbone: { graph, weights, normalization }, batchSize } = message;
  const { imageSize } = graph;
  await backend;
  const network = buildNetwork(graph, weights);
  freeBytes(weights.values);
  const normalize = makeNormalizer(normalization);
  const pixels = new Float32Array(batchSize * imageSize ** 2 * 3);
  const makePixels = () =>
    tf.tensor4d(pixels, [batchSize, imageSize, imageSize, 3]);
  return {
    async embed({ images, views: [view] }) {
      normalize(images, { view: view!, imageSize, target: pixels });
      freeBytes(images);
      const output = network.run(makePixels);
      const rows = await output.data();
      output.dispose();
      return Float32Array.from(rows);
    },
  };
}

serveWorker({ test: () => backend, start });
