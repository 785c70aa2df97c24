/**
 * Products of matrices in onnxruntime, on all cores.
 *
 * @module
 */

import type { InferenceSession } from "onnxruntime-node";
import { OnnxBuilder, type OnnxValue } from "../onnx/builder.ts";
import type { Multiply } from "../numeric/multiply.ts";

/** What is needed of the package. */
export type OnnxRuntime = Pick<
  typeof import("onnxruntime-node"),
  "InferenceSession" | "Tensor"
>;

/** Threads that wait give up their core, as those of the head do. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

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
 * @param runtime The package `onnxruntime-node`.
 * @returns What multiplies.
 */
export function openOnnxProducts(runtime: OnnxRuntime): OnnxProducts {
  const { InferenceSession, Tensor } = runtime;
  let loading: Promise<InferenceSession> | undefined;
  return {
    async multiply(a, b, size) {
      loading ??= InferenceSession.create(encodeProduct(), SESSION_OPTIONS);
      const session = await loading;
      const matrix = (rows: Float32Array) =>
        new Tensor("float32", rows, [rows.length / size, size]);
      const { product } = await session.run({ a: matrix(a), b: matrix(b) });
      return product!.data as Float32Array;
    },
    async release() {
      await (await loading)?.release();
    },
  };
}
