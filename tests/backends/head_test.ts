import type { HeadParameters, HeadShape } from "../../pipeline/head/model.ts";
import type { OpenHead } from "../../pipeline/head/network.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readFixture } from "../support/fixtures.ts";
import { testHeads } from "./support.ts";

/** A head, a batch, and what PyTorch makes of them. */
interface Golden {
  shape: HeadShape;
  parameters: Record<string, number[]>;
  inputs: number[];
  mask: number[] | null;
  targets: number[];
  weights: number[];
  labels: number[];
  decay: number;
  loss: number;
  gradients: Record<string, number[]>;
  after: Record<string, number[]>;
}

const text = new TextDecoder().decode(await readFixture("golden/head.json"));
const GOLDEN: Record<string, Golden> = JSON.parse(text);

/** Sums of a dozen 32-bit products. */
const TOLERANCE = { rtol: 1e-4, atol: 1e-6 };

/** Turns lists into arrays, by name. */
function toArrays(lists: Record<string, number[]>): HeadParameters {
  return Object.fromEntries(
    Object.entries(lists).map(([k, list]) => [k, Float32Array.from(list)]),
  );
}

/** Compares loss, gradients and parameters after three steps. */
async function check(open: OpenHead, golden: Golden): Promise<void> {
  const { shape, mask } = golden;
  const network = open(shape, { parameters: toArrays(golden.parameters) });
  const input = {
    inputs: Float32Array.from(golden.inputs),
    mask: mask ? Float32Array.from(mask) : undefined,
    targets: Float32Array.from(golden.targets),
    weights: Float32Array.from(golden.weights),
    labels: Int32Array.from(golden.labels),
  };
  const gradients = await network.gradients(input);
  for (const [key, expected] of Object.entries(golden.gradients)) {
    assertAllClose(gradients[key]!, expected, TOLERANCE);
  }
  const { loss } = await network.takeSums();
  assertAllClose([loss], [golden.loss], TOLERANCE);
  for (const t of [1, 2, 3]) {
    const options = { t, learningRate: 1e-2, weightDecay: golden.decay };
    await network.step(input, options);
  }
  const { parameters } = await network.read();
  for (const [key, expected] of Object.entries(golden.after)) {
    assertAllClose(parameters[key]!, expected, TOLERANCE);
  }
  await network.dispose();
}

for (const [name, golden] of Object.entries(GOLDEN)) {
  testHeads(
    ["wasm", "cpu"],
    (engine) =>
      `HeadNetwork equals PyTorch in loss, gradients and Adam on ${engine}: ${name}`,
    (open) => check(open, golden),
  );
}
