/**
 * A product of two square matrices in onnxruntime-node. Argument: their side.
 *
 * @module
 */

import { OnnxBuilder } from "../../../pipeline/onnx/builder.ts";
import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";
import { serve } from "../serve.ts";

const side = Number(Deno.args[0]);
const builder = new OnnxBuilder();
builder.node("MatMul", ["a", "b"], "c");
const describe = (name: string) =>
  ({ name, dtype: "F32", shape: [side, side] }) as const;
const model = builder.encode(["a", "b"].map(describe), [describe("c")]);
const { InferenceSession, Tensor } = await loadOnnxRuntime();
const session = await InferenceSession.create(model);
const values = Float32Array.from({ length: side ** 2 }, (_, i) => i % 7 - 3);
const matrix = new Tensor("float32", values, [side, side]);
await serve({
  prepare: () => ({ a: matrix, b: matrix }),
  async run(feeds, count) {
    let { c } = await session.run(feeds);
    for (let i = 1; i < count; i++) ({ c } = await session.run(feeds));
    return (c!.data as Float32Array).subarray(0, 1);
  },
});
await session.release();
