import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  cohenKappa,
  matthewsCorrelation,
} from "../../pipeline/metrics/agreement.ts";

Deno.test.each([
  [[[1, 1], [0, 2]], 0.5, 1 / Math.sqrt(3)],
  [[[5, 0], [0, 5]], 1, 1],
  [[[0, 5], [5, 0]], -1, -1],
  [[[2, 2], [2, 2]], 0, 0],
  [[[3, 0, 0], [0, 0, 0], [0, 0, 3]], 1, 1],
])(
  "cohenKappa() and matthewsCorrelation() of %j are %s and %s",
  (confusion, kappa, mcc) => {
    assertAlmostEquals(cohenKappa(confusion)!, kappa, 1e-15);
    assertAlmostEquals(matthewsCorrelation(confusion), mcc, 1e-15);
  },
);

Deno.test("cohenKappa() is null when truth and predictions are one class alone", () => {
  assertEquals(cohenKappa([[0, 0], [0, 4]]), null);
  assertEquals(cohenKappa([[0, 0], [3, 1]]), 0);
});

Deno.test.each([[[[0, 0], [0, 4]]], [[[0, 0], [3, 1]]], [[[0, 3], [0, 1]]]])(
  "matthewsCorrelation() of %j is 0 as one side is one class alone",
  (confusion) => {
    assertEquals(matthewsCorrelation(confusion), 0);
  },
);
