/**
 * Every engine as a function, for tests against what PyTorch computes from
 * normalized numbers.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { Backbone } from "../../pipeline/backbone/backbone.ts";
import type { EngineName } from "../../pipeline/backbone/engine.ts";
import { buildNetwork } from "../../pipeline/backbone/engines/forward.ts";
import { runOnnxNetwork } from "../../pipeline/backbone/engines/onnx_session.ts";
import {
  startTfjs,
  type TfjsName,
} from "../../pipeline/backbone/engines/tfjs_backend.ts";
import { permitsNativeCode } from "../../pipeline/onnx/runtime.ts";
import { TFJS_ENGINES } from "./support.ts";

/** An engine. */
export interface Embedder {
  /** Its name. */
  name: EngineName;
  /** Whether its tests are to be ignored. */
  ignore: boolean;
  /** Embeds `pixels` F32 `[n, S, S, 3]`, normalized, to F32 `[n, D]`. */
  embed(
    network: Pick<Backbone, "graph" | "weights">,
    pixels: Float32Array,
  ): Promise<ArrayLike<number>>;
}

/** Embeds on an engine that tfjs runs. */
async function embedOnTfjs(
  name: TfjsName,
  { graph, weights }: Pick<Backbone, "graph" | "weights">,
  pixels: Float32Array,
): Promise<ArrayLike<number>> {
  const backend = await startTfjs(name);
  const network = buildNetwork(graph, weights);
  const { imageSize } = graph;
  const output = network.run(() =>
    tf.tensor(pixels).reshape([-1, imageSize, imageSize, 3])
  );
  const rows = await output.data();
  output.dispose();
  network.dispose();
  await backend.stop();
  return rows;
}

/** Whether native code may be loaded. */
export const HAS_NATIVE_CODE = await permitsNativeCode();

/** All engines. */
export const EMBEDDERS: Embedder[] = [
  ...TFJS_ENGINES.map(({ name, ignore }): Embedder => ({
    name,
    ignore,
    embed: (network, pixels) => embedOnTfjs(name, network, pixels),
  })),
  { name: "cpu", ignore: !HAS_NATIVE_CODE, embed: runOnnxNetwork },
];
