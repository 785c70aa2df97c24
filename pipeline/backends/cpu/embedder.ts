/** The backbone on `cpu`: onnxruntime, in a worker. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import { type Backbone, rowLength } from "../../backbone/fold.ts";
import {
  type ComingBackbone,
  type Embedder,
  type EmbedderOptions,
  readComing,
} from "../backend.ts";
import { embedInBatches, requirePositive } from "../batches.ts";
import { startEmbedWorker, workerRunner } from "../embed_worker.ts";

/**
 * Measured with a ResNet-101 at 224 pixels on 2 cores: 8 take as long an image as
 * 4 or 16, and 32 take 0.4 GB more.
 */
const DEFAULT_BATCH_SIZE = 8;

/** Module of the worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** Frees the weights of a backbone. */
function freeBackbone({ weights }: Backbone): void {
  freeBytes(weights.values);
}

/**
 * Opens a backbone; see `Backend.openEmbedder`.
 *
 * @throws {Error} If the weights do not load; they are empty then.
 */
export async function openEmbedder(
  coming: ComingBackbone,
  options: EmbedderOptions = {},
): Promise<Embedder> {
  const { batchSize = DEFAULT_BATCH_SIZE } = options;
  requirePositive("cpu", { batchSize });
  const client = startEmbedWorker("cpu", WORKER);
  let isGiven = false;
  const open = async () => {
    const reading = readComing(coming);
    try {
      // Before the weights are handed over, so that another backend may have them.
      await Promise.all([client.call("test", undefined), reading]);
    } catch (error) {
      // The next backend reads them anew: there may be no memory for both.
      if ("read" in coming) await reading.then(freeBackbone, () => {});
      throw error;
    }
    const backbone = await reading;
    const { buffer } = backbone.weights.values;
    isGiven = true;
    const input = { backbone, batchSize };
    const description = await client.call("start", input, [buffer]);
    return { backbone, description };
  };
  const { backbone, description } = await open().catch((error) => {
    client.terminate();
    if (!isGiven) throw error;
    // No reason to take another backend: it would have no weights.
    throw new Error((error as Error).message, { cause: error });
  });
  const { imageSize } = backbone.graph;
  const run = workerRunner(client);
  const size = rowLength(backbone);
  const shape = { imageSize, embeddingSize: size, batchSize, joinsViews: true };
  return {
    name: "cpu",
    description,
    embeddingSize: size,
    batchSize,
    // Two, so that the next batch is there when the worker is done with one.
    embed: (images, request) =>
      embedInBatches(images, request, shape, [run, run]),
    close() {
      client.terminate();
      return Promise.resolve();
    },
  };
}
