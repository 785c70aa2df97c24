/** A worker of the backbone on `wasm`: one thread with its own tfjs backend. */

import * as tf from "@tensorflow/tfjs";
import { freeBytes } from "../../artifact/free_bytes.ts";
import type { Backbone } from "../../backbone/fold.ts";
import { makeNormalizer } from "../../backbone/normalize.ts";
import { serveWorker } from "../../workers/calls.ts";
import type { EmbedService } from "../embed_worker.ts";
import { buildNetwork } from "../tfjs/forward.ts";
import { testTfjs } from "../tfjs/device.ts";
import { startWasm } from "./device.ts";

/** Starts the backend and tests it. */
async function startBackend(): Promise<void> {
  await testTfjs(await startWasm());
}

// Started before the weights arrive: workers get their weights one after the other.
const backend = startBackend();
// A rejection surfaces where it is awaited.
backend.catch(() => {});

/** Loads the weights; batches are padded to their fixed shape. */
function load(backbone: Backbone, batchSize: number): EmbedService["embed"] {
  const { graph, weights, normalization } = backbone;
  const { imageSize } = graph;
  const network = buildNetwork(graph, weights);
  freeBytes(weights.values);
  const normalize = makeNormalizer(normalization);
  const pixels = new Float32Array(batchSize * imageSize ** 2 * 3);
  const makePixels = () =>
    tf.tensor4d(pixels, [batchSize, imageSize, imageSize, 3]);
  return async ({ images, views: [view] }) => {
    normalize(images, { view: view!, imageSize, target: pixels });
    freeBytes(images);
    const output = network.run(makePixels);
    const rows = await output.data();
    output.dispose();
    return Float32Array.from(rows);
  };
}

let embed: EmbedService["embed"] | undefined;

serveWorker<EmbedService>({
  test: () => backend,
  async start({ backbone, batchSize }) {
    await backend;
    embed = load(backbone, batchSize);
    return "";
  },
  embed: (input) => embed!(input),
});
