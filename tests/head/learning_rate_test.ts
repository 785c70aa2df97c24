import { assertEquals } from "@std/assert";
import { toFloat32 } from "../../pipeline/artifact/tensor.ts";
import {
  learningRateAt,
  type ScheduleOptions,
} from "../../pipeline/head/trainer.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readGolden } from "../support/fixtures.ts";

const { tensors } = await readGolden("head_training.safetensors");

/** Learning rates of a run of 12 steps. */
function rates(options: Partial<ScheduleOptions>): number[] {
  const schedule = { learningRate: 0.5, schedule: "cosine", warmupSteps: 0 };
  const all = { ...schedule, ...options } as ScheduleOptions;
  return Array.from({ length: 12 }, (_, step) => learningRateAt(step, 12, all));
}

/** Rates of PyTorch. */
function golden(name: string): Float32Array {
  return toFloat32(tensors.get(`schedule/${name}`)!, name);
}

Deno.test("learningRateAt() equals PyTorch's cosine", () => {
  assertAllClose(rates({}), golden("cosine"), { rtol: 1e-6 });
});

Deno.test("learningRateAt() equals PyTorch's cosine after a linear warm-up", () => {
  const expected = golden("warmup");
  assertAllClose(rates({ warmupSteps: 4 }), expected, { rtol: 1e-6 });
});

Deno.test("learningRateAt() stays where it is when the schedule is constant", () => {
  assertEquals(rates({ schedule: "constant" }), new Array(12).fill(0.5));
  assertEquals(
    rates({ schedule: "constant", warmupSteps: 2 }).slice(0, 3),
    [0.25, 0.5, 0.5],
  );
});
