/**
 * Every engine as the product opens it, for tests that compare them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Backbone } from "../../pipeline/backbone/backbone.ts";
import type { Engine, EngineName } from "../../pipeline/backbone/engine.ts";
import { createCpuEngine } from "../../pipeline/backbone/engines/onnx_cpu.ts";
import { createWasmEngine } from "../../pipeline/backbone/engines/tfjs_wasm.ts";
import { createWebgpuEngine } from "../../pipeline/backbone/engines/tfjs_webgpu.ts";
import { outputLength } from "../../pipeline/backbone/feature_map.ts";
import { HAS_NATIVE_CODE } from "./embedders.ts";
import { HAS_ADAPTER } from "./support.ts";

/** Opens an engine. */
type CreateEngine = (
  backbone: Backbone,
  options?: { batchSize?: number },
) => Promise<Engine>;

/** Every engine, each with whether its tests are to be ignored. */
export const ENGINES: {
  name: EngineName;
  ignore: boolean;
  create: CreateEngine;
}[] = [
  { name: "cpu", ignore: !HAS_NATIVE_CODE, create: createCpuEngine },
  { name: "wasm", ignore: false, create: createWasmEngine },
  { name: "webgpu", ignore: !HAS_ADAPTER, create: createWebgpuEngine },
];

/** Opens an engine, embeds plain views of images, and closes it. */
export async function embedOnce(
  create: CreateEngine,
  backbone: Backbone,
  images: { pixels: Uint8Array; count: number },
): Promise<Float32Array> {
  const { pixels, count } = images;
  const engine = await create(backbone);
  try {
    assertEquals(engine.embeddingSize, outputLength(backbone.graph));
    return await engine.embed(pixels, { count, views: ["plain"] });
  } finally {
    await engine.close();
  }
}
