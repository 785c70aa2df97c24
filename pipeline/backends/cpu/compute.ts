/**
 * Heads and products on `cpu`: onnxruntime in this thread.
 *
 * @module
 */

import type { Compute } from "../backend.ts";
import { probeCpu } from "../probe.ts";
import { onnxHeads } from "./head.ts";
import { openOnnxProducts } from "./multiply.ts";
import { loadOnnxRuntime } from "./runtime.ts";
import { testOnnxRuntime } from "./session.ts";

/** Opens onnxruntime in this thread; see `Backend.openCompute`. */
export async function openCompute(): Promise<Compute> {
  await testOnnxRuntime();
  const { description } = await probeCpu();
  const runtime = await loadOnnxRuntime();
  const { multiply, release } = openOnnxProducts(runtime);
  return {
    name: "cpu",
    description: description!,
    openHead: onnxHeads(runtime),
    multiply,
    check() {},
    close: release,
  };
}
