import { assertEquals } from "@std/assert";
import type { HeadParameters } from "../../pipeline/head/model.ts";
import type {
  HeadNetwork,
  OpenHead,
  StepInput,
} from "../../pipeline/head/network.ts";
import {
  GOLDEN,
  golden,
  goldenBatch,
  goldenInputs,
  goldenIntegers,
  type GoldenOptions,
  goldenParameters,
  goldenShape,
} from "../head/support.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { testHeads } from "./support.ts";

/** Sums of at most a dozen products, in 32 bits against 64. */
const TOLERANCE = { rtol: 1e-5, atol: 1e-6 };

/** Asserts that all parameters are close. */
function assertClose(actual: HeadParameters, expected: HeadParameters): void {
  assertEquals(Object.keys(actual), Object.keys(expected));
  for (const [name, numbers] of Object.entries(expected)) {
    assertAllClose(actual[name]!, numbers, TOLERANCE);
  }
}

/** The head of a case before its first step. */
function startHead(open: OpenHead, options: GoldenOptions): HeadNetwork {
  const parameters = goldenParameters(options, "initial");
  return open(goldenShape(options), { parameters });
}

/** Checks logits, gradients, loss, right predictions and three steps of Adam. */
async function checkCase(
  open: OpenHead,
  options: GoldenOptions,
): Promise<void> {
  const { name, weightDecay } = options;
  const network = startHead(open, options);
  const logits = await network.predict(goldenInputs(0));
  assertAllClose(logits, golden(`${name}/logits`), TOLERANCE);

  const gradients = await network.gradients(goldenBatch(0, options));
  assertClose(gradients, goldenParameters(options, "gradient"));
  await network.takeSums();

  const losses: number[] = [];
  const correct: number[] = [];
  for (let step = 0; step < 3; step++) {
    const adam = { t: step + 1, learningRate: 1e-3, weightDecay };
    await network.step(goldenBatch(step, options), adam);
    const sums = await network.takeSums();
    losses.push(sums.loss / 6);
    correct.push(sums.correct);
  }
  assertAllClose(losses, golden(`${name}/loss`), TOLERANCE);
  assertEquals(correct, [...goldenIntegers(`${name}/correct`)]);
  const { parameters, m, v } = await network.read();
  assertClose(parameters, goldenParameters(options, "value"));
  assertClose(m, goldenParameters(options, "m"));
  assertClose(v, goldenParameters(options, "v"));
  await network.dispose();
}

for (const options of GOLDEN) {
  testHeads(
    ["wasm", "webgpu", "cpu"],
    (engine) =>
      `step() equals PyTorch on ${engine} when the case is ${options.name}`,
    (open) => checkCase(open, options),
  );
}

testHeads(
  ["wasm", "cpu"],
  (engine) => `HeadNetwork does not change the arrays it is given on ${engine}`,
  async (open) => {
    const [options] = GOLDEN as [GoldenOptions];
    const parameters = goldenParameters(options, "initial");
    const copies = structuredClone(parameters);
    const network = open(goldenShape(options), { parameters });
    const adam = { t: 1, learningRate: 1, weightDecay: 0 };
    await network.step(goldenBatch(0, options), adam);
    await network.takeSums();
    await network.dispose();
    assertEquals(parameters, copies);
  },
);

/** Sums of a dense layer, in 64 bits, by the definition. */
function dense(
  inputs: number[],
  kernel: Float64Array,
  bias: Float64Array,
): number[] {
  const sumOf = (b: number, j: number) =>
    inputs.reduce((sum, x, i) => sum + x * kernel[i * bias.length + j]!, b);
  return Array.from(bias, sumOf);
}

/** Mean loss of a golden batch with a hidden layer, in 64 bits, by the definition. */
function meanLoss(
  p: Record<string, Float64Array>,
  batch: StepInput,
  relu: boolean,
): number {
  const { inputs, targets, weights } = batch;
  let total = 0;
  for (let n = 0; n < 6; n++) {
    const x = [...inputs.subarray(n * 12, (n + 1) * 12)];
    const sums = dense(x, p["dense1.kernel"]!, p["dense1.bias"]!);
    const h = sums.map((a, j) =>
      (relu ? Math.max(a, 0) : a) * batch.mask![n * 7 + j]!
    );
    const z = dense(h, p["dense2.kernel"]!, p["dense2.bias"]!);
    const logSum = Math.log(z.reduce((sum, a) => sum + Math.exp(a), 0));
    z.forEach((a, c) =>
      total += weights[n]! * targets[n * 4 + c]! * (logSum - a) / 6
    );
  }
  return total;
}

/** Compares some gradients of a case with slopes. */
async function checkSlopes(
  open: OpenHead,
  options: GoldenOptions,
): Promise<void> {
  const initial = goldenParameters(options, "initial");
  const p = Object.fromEntries(
    Object.entries(initial).map(([k, v]) => [k, Float64Array.from(v)]),
  );
  const batch = goldenBatch(1, options);
  const network = startHead(open, options);
  const gradients = await network.gradients(batch);
  await network.dispose();
  const relu = options.activation === "relu";
  const width = 1e-5;
  for (const [name, values] of Object.entries(p)) {
    for (const i of [0, 1, values.length >> 1, values.length - 1]) {
      const at = values[i]!;
      values[i] = at + width;
      const above = meanLoss(p, batch, relu);
      values[i] = at - width;
      const below = meanLoss(p, batch, relu);
      values[i] = at;
      const slope = (above - below) / (2 * width);
      assertAllClose([gradients[name]![i]!], [slope], TOLERANCE);
    }
  }
}

for (const options of GOLDEN.filter(({ hidden }) => hidden > 0)) {
  testHeads(
    ["wasm", "cpu"],
    (engine) =>
      `gradients() equals central differences on ${engine} when the case is ${options.name}`,
    (open) => checkSlopes(open, options),
  );
}
