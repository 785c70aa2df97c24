import { assertEquals, assertRejects } from "@std/assert";
import { fitLeaveOneOut } from "../../pipeline/findings/leave_one_out.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import {
  GOLDEN,
  goldenSamples,
  multiplyHere,
  NEVER,
  range,
} from "./support.ts";

/** How the classifier is made in these tests. */
const OPTIONS = { classCount: 4, multiply: multiplyHere, signal: NEVER };

Deno.test("fitLeaveOneOut() scores as Ridge of scikit-learn, fitted anew without each", async () => {
  const chosen = range(40);
  const scoreAll = await fitLeaveOneOut(goldenSamples(), {
    ...OPTIONS,
    chosen,
  });
  const [block] = await Array.fromAsync(scoreAll());
  assertEquals(block!.samples, chosen);
  const expected = Float64Array.from(GOLDEN.probabilities.flat());
  // Vectors, weights and scores are F32.
  assertAllClose(block!.probabilities, expected, { rtol: 1e-4, atol: 1e-6 });
});

Deno.test("fitLeaveOneOut() learns from the chosen alone, and scores them", async () => {
  const chosen = Int32Array.of(0, 5, 6, 30);
  const scoreAll = await fitLeaveOneOut(goldenSamples(), {
    ...OPTIONS,
    chosen,
  });
  const [block] = await Array.fromAsync(scoreAll());
  assertEquals(block!.samples, chosen);
  assertEquals(block!.probabilities.length, 4 * 4);
});

Deno.test("fitLeaveOneOut() stops when the signal says so", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const options = { ...OPTIONS, chosen: range(40), signal };
  await assertRejects(
    () => fitLeaveOneOut(goldenSamples(), options),
    Error,
    "enough",
  );
});
