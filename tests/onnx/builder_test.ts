import { assertEquals } from "@std/assert";
import { OnnxBuilder } from "../../pipeline/onnx/builder.ts";
import { loadOnnxRuntime } from "../../pipeline/backends/cpu/runtime.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";

Deno.test({
  name: "OnnxBuilder writes a model that onnxruntime runs",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const builder = new OnnxBuilder();
    const weight = Float32Array.of(1, 2, 3, 4, 5, 6);
    builder.constant("weight", weight, [2, 3]);
    const rows = builder.integers("rows", [1, 0]);
    builder.node("Gather", ["weight", rows], "swapped", { axis: 0 });
    builder.node("MatMul", ["x", "swapped"], "y");
    const bytes = builder.encode(
      [{ name: "x", dtype: "F32", shape: [null, 2] }],
      [{ name: "y", dtype: "F32", shape: [null, 3] }],
    );
    const { InferenceSession, Tensor } = await loadOnnxRuntime();
    const session = await InferenceSession.create(bytes);
    const x = new Tensor("float32", Float32Array.of(1, 10, 2, 0), [2, 2]);
    const { y } = await session.run({ x });
    await session.release();
    assertEquals(y!.dims, [2, 3]);
    assertEquals(y!.data, Float32Array.of(14, 25, 36, 8, 10, 12));
  },
});
