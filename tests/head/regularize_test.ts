import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import { classWeights, dropoutMask } from "../../pipeline/head/regularize.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readGolden } from "../support/fixtures.ts";

Deno.test.each([0.1, 0.5, 0.8])(
  "dropoutMask() drops a share of %s and scales the rest",
  (rate) => {
    const length = 100_000;
    const mask = dropoutMask(length, rate, [1, 2, 0]);
    const kept = Math.fround(1 / (1 - rate));
    assertEquals(mask.every((x) => x === 0 || x === kept), true);
    const dropped = mask.filter((x) => x === 0).length;
    // Four standard errors of a coin of that bias.
    const error = Math.sqrt(length * rate * (1 - rate));
    assertLess(Math.abs(dropped - length * rate), 4 * error);
  },
);

Deno.test("dropoutMask() keeps everything when the rate is 0", () => {
  assertEquals(dropoutMask(4, 0, [1, 2, 0]), Float32Array.of(1, 1, 1, 1));
});

Deno.test("dropoutMask() is a function of seed, step and layer", () => {
  const mask = dropoutMask(64, 0.5, [1, 2, 0]);
  assertEquals(dropoutMask(64, 0.5, [1, 2, 0]), mask);
  assertNotEquals(dropoutMask(64, 0.5, [2, 2, 0]), mask);
  assertNotEquals(dropoutMask(64, 0.5, [1, 3, 0]), mask);
  assertNotEquals(dropoutMask(64, 0.5, [1, 2, 1]), mask);
});

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
