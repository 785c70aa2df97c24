/**
 * A worker of the wasm engine: one thread with a tfjs backend of its own.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import { makeNormalizer, type Normalizer } from "../normalize.ts";
import { buildNetwork, type Network } from "./forward.ts";
import { selfTest } from "./self_test.ts";
import { startTfjs } from "./tfjs_backend.ts";
import type {
  EmbedMessage,
  StartMessage,
  WorkerAnswer,
  WorkerMessage,
} from "./worker_messages.ts";

/** What a worker has after it was started. */
interface Started extends StartMessage {
  network: Network;
  normalize: Normalizer;
  /** F32 `[batchSize, S, S, 3]`, used again for every batch. */
  pixels: Float32Array;
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WorkerMessage>) => void;
  postMessage(message: WorkerAnswer, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let started: Started | undefined;

/** Starts the backend, tests it, and loads the weights. */
async function start(message: StartMessage): Promise<Started> {
  const { backbone: { graph, weights, normalization }, batchSize } = message;
  await selfTest(await startTfjs("wasm"));
  return {
    ...message,
    network: buildNetwork(graph, weights),
    normalize: makeNormalizer(normalization),
    pixels: new Float32Array(batchSize * graph.imageSize ** 2 * 3),
  };
}

/** Embeds a batch, padded to its fixed shape. */
async function embed(
  message: EmbedMessage,
  worker: Started,
): Promise<Float32Array<ArrayBuffer>> {
  const { backbone: { graph }, batchSize, network, normalize, pixels } = worker;
  const { images, view } = message;
  normalize(images, { view, imageSize: graph.imageSize, target: pixels });
  const output = network.run(pixels, batchSize);
  const rows = await output.data();
  output.dispose();
  return Float32Array.from(rows);
}

/** Does what a message asks for. */
async function answer(
  message: WorkerMessage,
): Promise<Float32Array<ArrayBuffer>> {
  if (message.kind === "embed") return await embed(message, started!);
  started = await start(message);
  return new Float32Array(0);
}

scope.onmessage = async ({ data }) => {
  try {
    const rows = await answer(data);
    scope.postMessage({ rows }, [rows.buffer]);
  } catch (error) {
    // Errors lose their class on the way to another thread.
    const text = error instanceof BackendUnavailableError
      ? error.reason
      : `a worker has failed: ${(error as Error).message}`;
    scope.postMessage({ error: text });
  }
};
