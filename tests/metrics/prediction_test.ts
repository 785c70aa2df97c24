import { assertEquals } from "@std/assert";
import { scorePhoto } from "../../pipeline/metrics/prediction.ts";

Deno.test("scorePhoto() gives seven digits, the lower label first among equals", () => {
  // exp(0), exp(0), exp(ln 2): a quarter, a quarter, a half.
  const logits = Float32Array.of(0, 0, Math.LN2);
  assertEquals(scorePhoto(logits, 1, ["cat", "dog", "owl"]), {
    true: "dog",
    loss: 1.386294,
    top5: [
      { class: "owl", probability: 0.5 },
      { class: "cat", probability: 0.25 },
      { class: "dog", probability: 0.25 },
    ],
  });
});
