/**
 * Products of matrices in onnxruntime, on all cores.
 *
 * @module
 */

import type { InferenceSession } from "onnxruntime-node";
import type { Multiply } from "../../numeric/multiply.ts";
import { OnnxBuilder, type OnnxValue } from "../../onnx/builder.ts";
import { loadModel, type OnnxRuntime } from "./runtime.ts";

/** Encodes the model: `a` F32 `[n, size]` and `b` F32 `[m, size]` in, `a bᵀ` out. */
function encodeProduct(): Uint8Array<ArrayBuffer> {
  const builder = new OnnxBuilder();
  builder.node("Gemm", ["a", "b"], "product", { transB: 1 });
  const matrix = (name: string): OnnxValue => (
    { name, dtype: "F32", shape: [null, null] }
  );
  return builder.encode([matrix("a"), matrix("b")], [matrix("product")]);
}

/** Products in onnxruntime. */
export interface OnnxProducts {
  /** Multiplies matrices. */
  multiply: Multiply;
  /** Frees the model. */
  release(): Promise<void>;
}

/**
 * Prepares to multiply in onnxruntime; the model is loaded at the first product.
 *
 * @param runtime The package.
 * @returns The product.
 */
export function openOnnxProducts(runtime: OnnxRuntime): OnnxProducts {
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
