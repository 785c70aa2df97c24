/** Heads and products on `cpu`: onnxruntime in this thread, on all cores. */

import type { InferenceSession } from "onnxruntime-node";
import type { Multiply } from "../../numeric/matrices.ts";
import { OnnxBuilder, type OnnxValue } from "../../onnx/builder.ts";
import type { Compute } from "../backend.ts";
import { onnxHeads } from "./head.ts";
import {
  CPU_DESCRIPTION,
  loadModel,
  loadOnnxRuntime,
  type OnnxRuntime,
} from "./runtime.ts";
import { testOnnxRuntime } from "./session.ts";

/** Encodes the model: `a` F32 `[n, size]` and `b` F32 `[m, size]` in, `a bᵀ` out. */
function encodeProduct(): Uint8Array<ArrayBuffer> {
  const builder = new OnnxBuilder();
  builder.node("Gemm", ["a", "b"], "product", { transB: 1 });
  const matrix = (name: string): OnnxValue => (
    { name, dtype: "F32", shape: [null, null] }
  );
  return builder.encode([matrix("a"), matrix("b")], [matrix("product")]);
}

/** Prepares to multiply; the model is loaded at the first product. */
function openProducts(
  runtime: OnnxRuntime,
): { multiply: Multiply; release(): Promise<void> } {
  let loading: Promise<InferenceSession> | undefined;
  return {
    async multiply(a, b, size) {
      loading ??= loadModel(runtime, encodeProduct());
      const session = await loading;
      const matrix = (rows: Float32Array) =>
        new runtime.Tensor("float32", rows, [rows.length / size, size]);
      const { product } = await session.run({ a: matrix(a), b: matrix(b) });
      return product!.data as Float32Array;
    },
    async release() {
      await (await loading)?.release();
    },
  };
}

/** Opens onnxruntime in this thread; see `Backend.openCompute`. */
export async function openCompute(): Promise<Compute> {
  await testOnnxRuntime();
  const runtime = await loadOnnxRuntime();
  const { multiply, release } = openProducts(runtime);
  return {
    name: "cpu",
    description: CPU_DESCRIPTION,
    openHead: onnxHeads(runtime),
    multiply,
    check() {},
    close: release,
  };
}
