/**
 * A worker of the wasm engine: one thread with a tfjs backend of its own.
 *
 * @module
 */

import { freeBytes } from "../../artifact/free_bytes.ts";
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

/** What a worker has after it was started; not the weights of the message, which take as much memory again. */
interface Started {
  network: Network;
  normalize: Normalizer;
  imageSize: number;
  batchSize: number;
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

/** Starts the backend and tests it. */
async function startBackend(): Promise<void> {
  await selfTest(await startTfjs("wasm"));
}

// Begun before the weights come, since workers get theirs one after the other.
const backend = startBackend();
// Whoever asks for the start hears of a failure.
backend.catch(() => {});

/** Loads the weights. */
async function start(message: StartMessage): Promise<Started> {
  const { backbone: { graph, weights, normalization }, batchSize } = message;
  const { imageSize } = graph;
  await backend;
  const network = buildNetwork(graph, weights);
  freeBytes(weights.values);
  return {
    network,
    normalize: makeNormalizer(normalization),
    imageSize,
    batchSize,
    pixels: new Float32Array(batchSize * imageSize ** 2 * 3),
  };
}

/** Embeds a batch, padded to its fixed shape. */
async function embed(
  message: EmbedMessage,
  worker: Started,
): Promise<Float32Array<ArrayBuffer>> {
  const { imageSize, batchSize, network, normalize, pixels } = worker;
  const { images, view } = message;
  normalize(images, { view, imageSize, target: pixels });
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
