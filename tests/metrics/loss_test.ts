import { assertEquals, assertThrows } from "@std/assert";
import { crossEntropy, softmax } from "../../pipeline/metrics/loss.ts";

Deno.test("softmax() shares the probability between equal logits", () => {
  assertEquals(
    softmax(Float32Array.of(7, 7, 7, 7), 4),
    Float64Array.of(.25, .25, .25, .25),
  );
});

Deno.test("softmax() does not overflow when logits are far apart", () => {
  assertEquals(
    softmax(Float32Array.of(3e38, -3e38, 3e38), 3),
    Float64Array.of(.5, 0, .5),
  );
});

Deno.test("crossEntropy() is log C when all classes are equal", () => {
  const logits = new Float32Array(8).fill(-5);
  assertEquals(crossEntropy(logits, Int32Array.of(3, 0), 4), Math.log(4));
});

Deno.test("crossEntropy() is the distance of the logits when they are far apart", () => {
  const logits = Float32Array.of(1000, -1000, -1000, 1000);
  assertEquals(crossEntropy(logits, Int32Array.of(0, 1), 2), 0);
  assertEquals(crossEntropy(logits, Int32Array.of(0, 0), 2), 1000);
});

Deno.test("crossEntropy() throws when a logit is not a number", () => {
  assertThrows(
    () => crossEntropy(Float32Array.of(0, 1, NaN, 0), Int32Array.of(0, 0), 2),
    RangeError,
    "Cannot compute metrics as logits must be finite: row 1 has NaN for label 0",
  );
});
