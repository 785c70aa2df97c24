import { assertEquals, assertThrows } from "@std/assert";
import { rankClasses, rankScores } from "../../pipeline/metrics/ranking.ts";

Deno.test.each([
  [[0.9, 0.5], [0.5, 0.1], 0.875, (1 + 2 / 3) / 2],
  [[3, 2], [1, 0], 1, 1],
  [[0, 1], [2, 3], 0, (1 / 3 + 2 / 4) / 2],
  [[7, 7], [7, 7, 7], 0.5, 2 / 5],
  [[0, -0], [-0, 0], 0.5, 0.5],
  [[5, 1], [3], 0.5, (1 + 2 / 3) / 2],
])("rankScores() of %j against %j is %s and %s", (own, others, area, mean) => {
  assertEquals(
    rankScores(Float64Array.from(own), Float64Array.from(others)),
    { rocAuc: area, averagePrecision: mean },
  );
});

Deno.test.each([[[], [1]], [[1], []], [[], []]])(
  "rankScores() of %j against %j has no numbers",
  (own, others) => {
    assertEquals(
      rankScores(Float64Array.from(own), Float64Array.from(others)),
      { rocAuc: null, averagePrecision: null },
    );
  },
);

Deno.test("rankClasses() takes the mean of the classes that occur", () => {
  const scores = Float64Array.of(
    ...[0.75, 0.25, 0],
    ...[0.5, 0.5, 0],
    ...[0.5, 0.5, 0],
  );
  const none = { rocAuc: null, averagePrecision: null };
  assertEquals(rankClasses(scores, Int32Array.of(0, 0, 1), 3), {
    perClass: [
      { rocAuc: 0.75, averagePrecision: (1 + 2 / 3) / 2 },
      { rocAuc: 0.75, averagePrecision: 0.5 },
      none,
    ],
    macro: { rocAuc: 0.75, averagePrecision: ((1 + 2 / 3) / 2 + 0.5) / 2 },
    classes: 2,
  });
  const alone = rankClasses(scores, Int32Array.of(1, 1, 1), 3);
  assertEquals(alone.macro, none);
  assertEquals(alone.classes, 0);
});

Deno.test("rankClasses() throws when a label is missing", () => {
  assertThrows(
    () => rankClasses(new Float64Array(4), Int32Array.of(0), 2),
    RangeError,
    "Cannot compute metrics as there must be one label for each of 2 samples: there are 1",
  );
});
