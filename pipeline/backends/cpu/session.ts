/** A backbone in onnxruntime, in this thread. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import type { Backbone } from "../../backbone/fold.ts";
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

/** Writes images into `target`, each row of pixels from right to left. */
function mirror(
  images: Uint8Array,
  imageSize: number,
  target: Uint8Array,
): void {
  const rowLength = imageSize * 3;
  for (let row = 0; row < images.length; row += rowLength) {
    let from = row + rowLength - 3;
    for (let to = row; to < row + rowLength; to += 3, from -= 3) {
      target[to] = images[from]!;
      target[to + 1] = images[from + 1]!;
      target[to + 2] = images[from + 2]!;
    }
  }
}

/** Makes the views of images, U8 `[views, n, S, S, 3]`, and frees the images; a plain view alone is the images themselves. */
function makeViews(
  { images, views }: Parameters<EmbedService["embed"]>[0],
  imageSize: number,
): Uint8Array<ArrayBuffer> {
  if (views.length === 1 && views[0] === "plain") return images;
  const { length } = images;
  const made = new Uint8Array(views.length * length);
  views.forEach((view, i) => {
    const target = made.subarray(i * length, (i + 1) * length);
    if (view === "plain") target.set(images);
    else mirror(images, imageSize, target);
  });
  freeBytes(images);
  return made;
}

/** How integers are computed, for people. */
const ARITHMETIC = {
  fast: ", in 8 bits",
  exact:
    ", in 8 bits, slowly, as this CPU has no 8-bit dot products (VNNI): the precision auto measures whether that is faster",
} as const;

/** What a backbone is loaded from; its bytes are empty afterwards. */
export interface EncodedBackbone {
  /** The bytes of a `.onnx` file. */
  model: Uint8Array<ArrayBuffer>;
  /** Its weights, if they are not among these bytes. */
  outside: { path: string; data: Uint8Array } | undefined;
  integers: Integers | undefined;
  imageSize: number;
  /** Number of threads. @default that of the cores */
  cores: number | undefined;
  /** On how many cores it runs in all, and how it computes unless in F32, for people. */
  description: string;
}

/**
 * Encodes a backbone, which takes all cores if that makes it faster.
 *
 * @param backbone What to run; its weights are handed over, and empty afterwards if it is in integers.
 * @throws {BackendUnavailableError} If it is in integers, and native code is not permitted, there is none for this machine, or it does not compute as it must.
 */
export async function encodeForOnnx(
  backbone: Backbone,
): Promise<EncodedBackbone> {
  const { graph, ranges, weights: { values } } = backbone;
  const integers = ranges && await chooseIntegers(await load());
  const model = encodeBackbone(backbone);
  if (integers) freeBytes(values);
  const cores = isSmall(graph) ? 1 : undefined;
  return {
    model,
    outside: integers
      ? undefined
      : { path: OUTSIDE, data: new Uint8Array(values.buffer) },
    integers,
    imageSize: graph.imageSize,
    cores,
    description: describeCores(cores) + (integers ? ARITHMETIC[integers] : ""),
  };
}

/** A backbone that is loaded. */
export interface OnnxBackbone extends Pick<EmbedService, "embed"> {
  /** Frees it. */
  release(): Promise<void>;
}

/**
 * Loads a backbone into onnxruntime.
 *
 * @returns The backbone, which blocks the thread while it embeds.
 * @throws {BackendUnavailableError} If native code is not permitted, or there is none for this machine.
 */
export async function openOnnxSession(
  { model, imageSize, ...options }: EncodedBackbone,
): Promise<OnnxBackbone> {
  const runtime = await load();
  const session = await loadModel(runtime, model, options);
  freeBytes(model);
  if (options.outside) freeBytes(options.outside.data);
  return {
    async embed(input) {
      const images = makeViews(input, imageSize);
      const count = images.length / (imageSize ** 2 * 3);
      const shape = [count, imageSize, imageSize, 3];
      const outputs = await session.run({
        images: new runtime.Tensor("uint8", images, shape),
      });
      freeBytes(images);
      const [output] = Object.values(outputs);
      return output!.data as Float32Array<ArrayBuffer>;
    },
    release: () => session.release(),
  };
}
