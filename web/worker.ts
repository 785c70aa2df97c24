/**
 * The worker of the page that `deno task export --format web` writes: the bytes of a
 * photo in, probabilities out.
 *
 * Photos are decoded and resized by the code that the run was made with. `deno task
 * web` bundles this file, with that code and tfjs, into `pipeline/export/web/assets/`.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { ImageError } from "../pipeline/errors.ts";
import { activationMap } from "../pipeline/evidence/activation_map.ts";
import { preprocessImage } from "../pipeline/image/preprocess.ts";
import type { Geometry } from "../pipeline/image/preprocessing.ts";
import { HEATMAP_SIDE, paintHeatmaps } from "../pipeline/report/heatmap.ts";
import { readHead } from "./model_head.ts";

/** What is asked first. */
interface Start {
  geometry: Geometry;
  /** What to run on; the best there is if not given. */
  engine: string | null;
}

/** A photo to classify. */
interface Classify {
  bytes: ArrayBuffer;
  /** Label whose activation map is wanted. */
  map: number | null;
}

type Question = { id: number } & ({ start: Start } | { classify: Classify });

/** The part of a worker's global scope that is used. */
interface Scope {
  location: Location;
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(answer: unknown): void;
}

/** The part of a canvas that is used; Deno's own has none. */
interface Canvas2D {
  putImageData(data: ImageData, x: number, y: number): void;
}

const scope = globalThis as unknown as Scope;

/** Address of a file beside this one. */
const beside = (name: string) => new URL(name, scope.location.href).href;

/** Reads a file beside this one, at once. */
function readFileSync(name: string): Uint8Array {
  const request = new XMLHttpRequest();
  request.open("GET", beside(name), false);
  request.responseType = "arraybuffer";
  request.send();
  return new Uint8Array(request.response);
}

/** What is used of a request; Deno's own has none. */
declare class XMLHttpRequest {
  responseType: string;
  readonly response: ArrayBuffer;
  open(method: string, url: string, isAsync: boolean): void;
  send(): void;
}

// Some decoders are written for Node: they read their WebAssembly from a file, which
// here lies beside the worker.
const modules: Record<string, unknown> = {
  path: { join: (...parts: string[]) => parts.at(-1)!.split("/").at(-1) },
  fs: {
    readFileSync,
    promises: {
      readFile: async (name: string) =>
        new Uint8Array(await (await fetch(beside(name))).arrayBuffer()),
    },
  },
};
Object.assign(globalThis, {
  __dirname: "",
  process: { env: {} },
  require: (name: string) => modules[name.replace("node:", "")],
});

/** Chooses what runs the model: a GPU if there is one, else WebAssembly. */
async function chooseEngine(wanted: string | null): Promise<string> {
  // Threads need headers that a plain file host does not send.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(beside("./"));
  const adapter = wanted === "wasm"
    ? null
    : await navigator.gpu?.requestAdapter().catch(() => null);
  const isReal = adapter && !adapter.info.isFallbackAdapter;
  const names = wanted === "webgpu" || isReal ? ["webgpu", "wasm"] : ["wasm"];
  for (const name of names) {
    // A GPU that fails leaves the work to the CPU.
    if (await tf.setBackend(name).catch(() => false)) return name;
  }
  throw new Error("This browser has neither WebGPU nor WebAssembly");
}

let model: tf.LayersModel;
let geometry: Geometry;

/** Loads the model and runs it once, so that the first photo does not wait. */
async function start(options: Start): Promise<{ engine: string }> {
  geometry = options.geometry;
  const engine = await chooseEngine(options.engine);
  model = await tf.loadLayersModel(beside("../model/model.json"));
  const { imageSize: side } = geometry;
  await run(new Uint8Array(side ** 2 * 3));
  return { engine };
}

/** Runs the model on a square image. */
async function run(square: Uint8Array): Promise<number[]> {
  const { imageSize: side } = geometry;
  const output = tf.tidy(() => {
    const input = tf.tensor4d(Float32Array.from(square), [1, side, side, 3]);
    return model.predict(input) as tf.Tensor;
  });
  const probabilities = await output.data();
  output.dispose();
  return [...probabilities];
}

/** Draws pixels as a PNG, as a `data:` URL. */
async function draw(rgba: Uint8ClampedArray<ArrayBuffer>, side: number) {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d") as unknown as Canvas2D;
  context.putImageData(new ImageData(rgba, side, side), 0, 0);
  const png = await canvas.convertToBlob({ type: "image/png" });
  const bytes = new Uint8Array(await png.arrayBuffer());
  const text = bytes.reduce(
    (text, byte) => text + String.fromCharCode(byte),
    "",
  );
  return `data:image/png;base64,${btoa(text)}`;
}

/** Draws where a photo speaks for a class, and the photo as the network saw it. */
async function drawMap(square: Uint8Array, label: number) {
  const { imageSize: side } = geometry;
  const pool = model.layers.find((layer) =>
    layer.getClassName() === "GlobalAveragePooling2D"
  )!;
  const features = tf.model({
    inputs: model.inputs,
    outputs: pool.input as tf.SymbolicTensor,
  });
  const output = tf.tidy(() => {
    const input = tf.tensor4d(Float32Array.from(square), [1, side, side, 3]);
    return features.predict(input) as tf.Tensor;
  });
  const [, height, width] = output.shape as number[];
  const values = activationMap(
    await readHead(model),
    await output.data() as Float32Array,
    label,
  );
  output.dispose();
  const [map] = paintHeatmaps([{ values, height: height!, width: width! }]);
  const photo = new Uint8ClampedArray(side ** 2 * 4).fill(255);
  for (let i = 0; i < side ** 2; i++) {
    photo.set(square.subarray(i * 3, i * 3 + 3), i * 4);
  }
  return {
    photo: await draw(photo, side),
    map: await draw(Uint8ClampedArray.from(map!), HEATMAP_SIDE),
  };
}

/** Classifies a photo. */
async function classify({ bytes, map }: Classify) {
  const square = await preprocessImage(new Uint8Array(bytes), geometry);
  const probabilities = await run(square);
  return map === null
    ? { probabilities }
    : { probabilities, heatmap: await drawMap(square, map) };
}

let last: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  last = last.then(async () => {
    const { id } = data;
    try {
      const value = "start" in data
        ? await start(data.start)
        : await classify(data.classify);
      scope.postMessage({ id, value });
    } catch (error) {
      const { message } = error as Error;
      const isBad = error instanceof ImageError;
      scope.postMessage({ id, error: message, isBad });
    }
  });
};
