/** A backbone in onnxruntime, in this thread. */

import type { InferenceSession } from "onnxruntime-node";
import { freeBytes } from "../../artifact/free_bytes.ts";
import type { Backbone } from "../../backbone/fold.ts";
import type { View } from "../../backbone/normalize.ts";
import { BackendUnavailableError } from "../../errors.ts";
import { encodeBackbone, encodeNetwork } from "../../onnx/backbone_graph.ts";
import { OUTSIDE } from "../../onnx/builder.ts";
import type { EmbedService } from "../embed_worker.ts";
import { selfTest } from "../self_test.ts";
import { chooseIntegers } from "./integers.ts";
import {
  describeCores,
  type Integers,
  loadModel,
  loadOnnxRuntime,
  type OnnxRuntime,
} from "./runtime.ts";
import { isSmall } from "./small.ts";

/** Loads the package, or says why it does not load. */
async function load(): Promise<OnnxRuntime> {
  try {
    return await loadOnnxRuntime();
  } catch (error) {
    const reason = `it does not load: ${(error as Error).message}`;
    throw new BackendUnavailableError("cpu", reason, { cause: error });
  }
}

/**
 * Runs a network once, on numbers instead of pixels.
 *
 * @param pixels F32 `[n, S, S, 3]`, normalized.
 * @returns F32 `[n, D]`.
 * @throws {BackendUnavailableError} If native code is not permitted, or there is none for this machine.
 */
export async function runOnnxNetwork(
  network: Omit<Backbone, "normalization">,
  pixels: Float32Array,
): Promise<Float32Array> {
  const { InferenceSession, Tensor } = await load();
  const { imageSize } = network.graph;
  const session = await InferenceSession.create(encodeNetwork(network));
  const count = pixels.length / (imageSize ** 2 * 3);
  const shape = [count, imageSize, imageSize, 3];
  const feeds = { pixels: new Tensor("float32", pixels, shape) };
  const { embeddings } = await session.run(feeds);
  await session.release();
  return embeddings!.data as Float32Array;
}

/**
 * Runs the self-test.
 *
 * @throws {BackendUnavailableError} If native code is not permitted, there is none for this machine, or it fails the self-test.
 */
export async function testOnnxRuntime(): Promise<void> {
  await selfTest({ name: "cpu", run: runOnnxNetwork });
}

/** Rows of the views of `count` images, as the model numbers them. */
function viewRows(views: readonly View[], count: number): BigInt64Array {
  const firsts = views.map((view) => view === "plain" ? 0 : count);
  const rows = firsts.flatMap((first) =>
    Array.from({ length: count }, (_, i) => BigInt(first + i))
  );
  return BigInt64Array.from(rows);
}

/** A backbone in onnxruntime. */
interface OpenSession {
  /** Embeds images, and blocks the thread meanwhile. */
  embed: EmbedService["embed"];
  /** On how many cores it runs, and how it computes unless in F32, for people. */
  description: string;
}

/** How integers are computed, for people. */
const ARITHMETIC = {
  fast: ", in 8 bits",
  exact:
    ", in 8 bits, slowly, as this CPU has no 8-bit dot products (VNNI): the precision auto measures whether that is faster",
} as const;

/** What a session in integers is loaded from. */
export interface IntegerModel {
  /** The bytes of a `.onnx` file; empty when it is loaded. */
  model: Uint8Array<ArrayBuffer>;
  integers: Integers;
  imageSize: number;
  /** Number of threads. @default that of the cores */
  cores: number | undefined;
  /** On how many cores it runs in all, and how, for people. */
  description: string;
}

/** Embeds by a session. */
function embedBy(
  runtime: OnnxRuntime,
  session: InferenceSession,
  imageSize: number,
): EmbedService["embed"] {
  return async ({ images, views }) => {
    const count = images.length / (imageSize ** 2 * 3);
    const shape = [count, imageSize, imageSize, 3];
    const rows = viewRows(views, count);
    const outputs = await session.run({
      images: new runtime.Tensor("uint8", images, shape),
      rows: new runtime.Tensor("int64", rows, [rows.length]),
    });
    freeBytes(images);
    const [output] = Object.values(outputs);
    return output!.data as Float32Array<ArrayBuffer>;
  };
}

/**
 * Encodes a backbone in integers.
 *
 * @param backbone What to run; its weights are handed over, and empty afterwards.
 * @throws {BackendUnavailableError} As {@linkcode openOnnxSession} does.
 */
export async function encodeIntegers(
  backbone: Backbone,
): Promise<IntegerModel> {
  const integers = await chooseIntegers(await load());
  const { graph, graph: { imageSize } } = backbone;
  const model = encodeBackbone(backbone);
  freeBytes(backbone.weights.values);
  const cores = isSmall(graph) ? 1 : undefined;
  const description = describeCores(cores) + ARITHMETIC[integers];
  return { model, integers, imageSize, cores, description };
}

/** Loads a model in integers. */
export async function openIntegers(
  { model, integers, imageSize, cores }: IntegerModel,
): Promise<EmbedService["embed"]> {
  const runtime = await load();
  const session = await loadModel(runtime, model, { integers, cores });
  freeBytes(model);
  return embedBy(runtime, session, imageSize);
}

/**
 * Loads a backbone into onnxruntime, which takes all cores if that makes it faster.
 *
 * @param backbone What to run; its weights are handed over, and empty afterwards.
 * @throws {BackendUnavailableError} If native code is not permitted, there is none for this machine, or it does not compute in integers as it must.
 */
export async function openOnnxSession(
  backbone: Backbone,
): Promise<OpenSession> {
  const { graph, ranges, weights: { values } } = backbone;
  if (ranges) {
    const model = await encodeIntegers(backbone);
    const { description } = model;
    return { embed: await openIntegers(model), description };
  }
  const cores = isSmall(graph) ? 1 : undefined;
  const runtime = await load();
  const model = encodeBackbone(backbone);
  const outside = { path: OUTSIDE, data: new Uint8Array(values.buffer) };
  const session = await loadModel(runtime, model, { cores, outside });
  freeBytes(values);
  freeBytes(model);
  const embed = embedBy(runtime, session, graph.imageSize);
  return { embed, description: describeCores(cores) };
}
