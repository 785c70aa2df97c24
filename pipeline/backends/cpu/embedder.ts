/** The backbone on `cpu`: onnxruntime, in a worker; a quick one also in this thread, if it may be blocked. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import { type Backbone, rowLength } from "../../backbone/fold.ts";
import {
  type ComingBackbone,
  type Embedder,
  type EmbedderOptions,
  readComing,
} from "../backend.ts";
import {
  type BatchRunner,
  embedInBatches,
  requirePositive,
} from "../batches.ts";
import { BackendUnavailableError } from "../../errors.ts";
import { startEmbedWorker, workerRunner } from "../embed_worker.ts";
import type { WorkerClient } from "../../workers/calls.ts";
import { isQuick, isSmall } from "./small.ts";
import type { CpuService } from "./worker.ts";

/**
 * Measured with a ResNet-101 at 224 pixels on 2 cores: 8 take as long an image as
 * 4 or 16, and 32 take 0.4 GB more.
 */
const DEFAULT_BATCH_SIZE = 8;

/** Module of the worker. */
const WORKER = new URL("./worker.ts", import.meta.url);

/** Starts a worker. */
function startClient(): WorkerClient<CpuService> {
  return startEmbedWorker("cpu", WORKER);
}

/** Longest that a worker may take to free its network, in milliseconds. */
const RELEASE_MS = 5000;

/**
 * Ends a worker, which frees its network first: what onnxruntime has reserved outlives
 * the thread. One that hangs is ended as it is.
 */
async function endClient(client: WorkerClient<CpuService>): Promise<void> {
  const timer = setTimeout(() => client.terminate(), RELEASE_MS);
  // One that has failed has said so before.
  await client.call("release", undefined).catch(() => {});
  clearTimeout(timer);
  client.terminate();
}

/**
 * Loads a backbone in integers into several workers, which divide the cores.
 *
 * Measured on 2 cores only. On a CPU with two threads a core they have twice as many
 * threads as a single session, for which onnxruntime counts physical cores.
 */
async function loadIntegers(
  clients: readonly WorkerClient<CpuService>[],
  backbone: Backbone,
): Promise<string> {
  const { buffer } = backbone.weights.values;
  const encoded = await clients[0]!.call("encode", backbone, [buffer]);
  const { length } = clients;
  await Promise.all(clients.map((client, i) => {
    const model = i + 1 < length ? encoded.model.slice() : encoded.model;
    const cores = Math.floor((navigator.hardwareConcurrency + i) / length);
    return client.call("load", { ...encoded, model, cores }, [model.buffer]);
  }));
  return encoded.description;
}

/** A backbone in this thread. */
interface Own {
  run: BatchRunner;
  /** Frees it. */
  release(): Promise<void>;
}

/** Loads a copy of a backbone into this thread, whose worker has passed the test. */
async function openHere(backbone: Backbone): Promise<Own> {
  const { weights } = backbone;
  const values = weights.values.slice();
  try {
    const copy = { ...backbone, weights: { ...weights, values } };
    // No other task of this thread needs it.
    const { encodeForOnnx, openOnnxSession } = await import("./session.ts");
    const { embed, release } = await openOnnxSession(await encodeForOnnx(copy));
    return {
      async run(images, views) {
        try {
          return await embed({ images, views });
        } catch (cause) {
          const reason = `it has failed: ${(cause as Error).message}`;
          throw new BackendUnavailableError("cpu", reason, { cause });
        }
      },
      release,
    };
  } finally {
    freeBytes(values);
  }
}

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
  const { batchSize = DEFAULT_BATCH_SIZE, workers = 1, mayBlock } = options;
  requirePositive("cpu", { batchSize, workers });
  const client = startClient();
  const clients = [client];
  let own: Own | undefined;
  const close = async () => {
    await Promise.all(clients.map(endClient));
    await own?.release();
  };
  let isGiven = false;
  const open = async () => {
    const reading = readComing(coming);
    try {
      // Before the weights are handed over, so that another backend may have them.
      await Promise.all([client.call("test", undefined), reading]);
      const backbone = await reading;
      if (mayBlock && isQuick(backbone)) own = await openHere(backbone);
    } catch (error) {
      // The next backend reads them anew: there may be no memory for both.
      if ("read" in coming) await reading.then(freeBackbone, () => {});
      throw error;
    }
    const backbone = await reading;
    isGiven = true;
    // For a small network calls take longer than what they divide.
    if (backbone.ranges && !isSmall(backbone.graph)) {
      const count = Math.min(workers, navigator.hardwareConcurrency);
      while (clients.length < count) clients.push(startClient());
    }
    if (clients.length > 1) {
      const description = await loadIntegers(clients, backbone);
      return { backbone, description };
    }
    const { buffer } = backbone.weights.values;
    const input = { backbone, batchSize };
    const description = await client.call("start", input, [buffer]);
    return { backbone, description };
  };
  const { backbone, description } = await open().catch(async (error) => {
    await close();
    if (!isGiven) throw error;
    // No reason to take another backend: it would have no weights.
    throw new Error((error as Error).message, { cause: error });
  });
  const { imageSize } = backbone.graph;
  const running = clients.map((client) => workerRunner(client));
  // Each twice, so that the next batch is there when a worker is done with one.
  const runners = [...running, ...running];
  const size = rowLength(backbone);
  const shape = {
    imageSize,
    embeddingSize: size,
    batchSize: Math.ceil(batchSize / clients.length),
    joinsViews: true,
  };
  return {
    name: "cpu",
    description,
    embeddingSize: size,
    batchSize,
    embed(images, request) {
      const some = own && request.count === 1 && mayBlock?.()
        ? [own.run]
        : runners;
      return embedInBatches(images, request, shape, some);
    },
    close,
  };
}
