import { assertEquals } from "@std/assert";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import { classWeights } from "../../pipeline/head/regularize.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readGolden } from "../support/fixtures.ts";

Deno.test("classWeights() equals scikit-learn when balanced", async () => {
  const { tensors } = await readGolden("head_training.safetensors");
  const labels = toInt32(tensors.get("balanced/labels")!, "labels");
  const expected = toFloat32(tensors.get("balanced/weights")!, "weights");
  assertAllClose(classWeights(labels, 4, "balanced"), expected, { rtol: 1e-7 });
});

Deno.test("classWeights() are 1 when there is no rule", () => {
  assertEquals(
    classWeights(Int32Array.of(0, 0, 1), 2, "none"),
    Float32Array.of(1, 1),
  );
});
