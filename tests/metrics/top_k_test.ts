import { assertEquals, assertThrows } from "@std/assert";
import { topKAccuracy, topKLabels } from "../../pipeline/metrics/top_k.ts";

Deno.test("topKLabels() returns the labels of the largest logits, the largest first", () => {
  const logits = Float32Array.of(0, 3, -1, 2, 5, 4, 7, 6);
  assertEquals(
    topKLabels(logits, { classCount: 4, k: 3 }),
    Int32Array.of(1, 3, 0, 2, 3, 0),
  );
});

Deno.test.each([
  [[1, 3, 3, 3, 2], [1, 2]],
  [[0, 0, 0, 0, 0], [0, 1]],
  [[1, 2, 1, 1, 1], [1, 0]],
  [[0, -0, 0, 1, -0], [3, 0]],
])(
  "topKLabels() breaks the ties of %j by the lower label",
  (logits, expected) => {
    assertEquals(
      topKLabels(Float32Array.from(logits), { classCount: 5, k: 2 }),
      Int32Array.from(expected),
    );
  },
);

Deno.test("topKLabels() returns all classes when there are fewer than k", () => {
  assertEquals(
    topKLabels(Float32Array.of(1, 3, 2), { classCount: 3, k: 5 }),
    Int32Array.of(1, 2, 0),
  );
});

Deno.test.each([0, 1.5, NaN])("topKLabels() throws when k is %s", (k) => {
  assertThrows(
    () => topKLabels(Float32Array.of(1, 2), { classCount: 2, k }),
    RangeError,
    `Cannot take the best classes as k must be a positive integer: current value is ${k}`,
  );
});

Deno.test("topKAccuracy() counts samples whose true label is among the k best", () => {
  const logits = Float32Array.of(3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1);
  const labels = Int32Array.of(0, 1, 2, 2);
  const accuracies = [1, 2, 3, 4].map((k) =>
    topKAccuracy(logits, labels, { classCount: 3, k })
  );
  assertEquals(accuracies, [0.25, 0.5, 1, 1]);
});

Deno.test("topKAccuracy() counts a tie for the lower label only", () => {
  const options = { classCount: 2, k: 1 };
  const logits = Float32Array.of(1, 1, 1, 1);
  assertEquals(topKAccuracy(logits, Int32Array.of(0, 1), options), 0.5);
});

Deno.test("topKAccuracy() throws when a label is not one of the classes", () => {
  assertThrows(
    () =>
      topKAccuracy(Float32Array.of(1, 2), Int32Array.of(2), {
        classCount: 2,
        k: 1,
      }),
    RangeError,
    "Cannot compute metrics as labels must be in [0, 2): row 0 has 2",
  );
});
