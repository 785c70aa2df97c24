/**
 * The backends, for tests that run on each of them.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { Backbone } from "../../pipeline/backbone/fold.ts";
import type {
  Backend,
  BackendName,
  Compute,
  Embedder,
  EmbedderOptions,
} from "../../pipeline/backends/backend.ts";
import { permitsNativeCode } from "../../pipeline/backends/cpu/runtime.ts";
import { runOnnxNetwork } from "../../pipeline/backends/cpu/session.ts";
import { openBackend } from "../../pipeline/backends/open_backend.ts";
import type {
  TfjsDevice,
  TfjsName,
} from "../../pipeline/backends/tfjs/device.ts";
import { buildNetwork } from "../../pipeline/backends/tfjs/forward.ts";
import { startWasm } from "../../pipeline/backends/wasm/device.ts";
import { startWebgpu } from "../../pipeline/backends/webgpu/device.ts";
import type { OpenHead } from "../../pipeline/head/network.ts";

/** Whether there is a GPU, or software that stands in for one. */
export const HAS_ADAPTER = Boolean(await navigator.gpu?.requestAdapter());

/** Whether native code may be loaded. */
export const HAS_NATIVE_CODE = await permitsNativeCode();

/** The backends, each with whether its tests are to be ignored. */
export const BACKENDS: readonly { name: BackendName; ignore: boolean }[] = [
  { name: "cpu", ignore: !HAS_NATIVE_CODE },
  { name: "wasm", ignore: false },
  { name: "webgpu", ignore: !HAS_ADAPTER },
];

/** The devices of tfjs, likewise. */
export const TFJS_DEVICES: readonly {
  name: TfjsName;
  ignore: boolean;
  start: () => Promise<TfjsDevice>;
}[] = [
  { name: "wasm", ignore: false, start: startWasm },
  { name: "webgpu", ignore: !HAS_ADAPTER, start: startWebgpu },
];

/** Opens something on a backend by name. */
async function open<T>(
  name: BackendName,
  open: (backend: Backend) => Promise<T>,
): Promise<T> {
  return (await openBackend(name, open, [])).opened;
}

/** Runs something with an embedder. */
export async function withEmbedder<T>(
  name: BackendName,
  backbone: Backbone,
  options: EmbedderOptions,
  run: (embedder: Embedder) => Promise<T>,
): Promise<T> {
  const embedder = await open(
    name,
    (backend) => backend.openEmbedder(backbone, options),
  );
  try {
    return await run(embedder);
  } finally {
    await embedder.close();
  }
}

/** Runs something with what runs heads and products. */
export async function withCompute<T>(
  name: BackendName,
  run: (compute: Compute) => Promise<T>,
): Promise<T> {
  const compute = await open(name, (backend) => backend.openCompute());
  try {
    const result = await run(compute);
    compute.check();
    return result;
  } finally {
    await compute.close();
  }
}

/** Runs something with what opens heads on a backend. */
export function withHeads(
  name: BackendName,
  run: (open: OpenHead) => Promise<void>,
): Promise<void> {
  return withCompute(name, ({ openHead }) => run(openHead));
}

/** A test on each of some backends. */
export function testHeads(
  names: readonly BackendName[],
  title: (name: BackendName) => string,
  run: (open: OpenHead) => Promise<void>,
): void {
  for (const { name, ignore } of BACKENDS) {
    if (!names.includes(name)) continue;
    const fn = () => withHeads(name, run);
    Deno.test({ name: title(name), ignore, fn });
  }
}

/** Runs a network on `pixels` F32 `[n, S, S, 3]`, normalized, as PyTorch is given them. */
export async function runNetwork(
  name: BackendName,
  network: Pick<Backbone, "graph" | "weights">,
  pixels: Float32Array,
): Promise<ArrayLike<number>> {
  if (name === "cpu") return await runOnnxNetwork(network, pixels);
  const { graph, weights } = network;
  const device = await (name === "wasm" ? startWasm() : startWebgpu());
  const built = buildNetwork(graph, weights, device.convolve);
  const { imageSize } = graph;
  const output = built.run(() =>
    tf.tensor(pixels).reshape([-1, imageSize, imageSize, 3])
  );
  const rows = await output.data();
  output.dispose();
  built.dispose();
  await device.stop();
  return rows;
}
