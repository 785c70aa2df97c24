import { assertEquals } from "@std/assert";
import { sha256 } from "../../../pipeline/artifact/digest.ts";
import { onnxHeads, sumBatch } from "../../../pipeline/backends/cpu/head.ts";
import {
  loadOnnxRuntime,
  type OnnxRuntime,
  permitsNativeCode,
} from "../../../pipeline/backends/cpu/runtime.ts";
import {
  type HeadShape,
  initializeHead,
} from "../../../pipeline/head/model.ts";
import { uniformNumbers } from "../../../pipeline/numeric/random.ts";

/** The package, with a number of threads whatever the machine has. */
async function withThreads(intraOpNumThreads: number): Promise<OnnxRuntime> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const create = (model: Uint8Array, options: object) =>
    InferenceSession.create(model, { ...options, intraOpNumThreads });
  return { Tensor, InferenceSession: { create } } as unknown as OnnxRuntime;
}

/** Numbers of a stream in [0, 1). */
function numbers(length: number, key: number): Float32Array {
  const uniform = uniformNumbers(key);
  return Float32Array.from({ length }, (_, i) => uniform(i));
}

/** Trains three steps, predicts, and returns digests of all numbers. */
async function trainOn(threads: number, shape: HeadShape, n: number) {
  const { inputs, hidden, classes } = shape;
  const open = onnxHeads(await withThreads(threads));
  const network = open(shape, { parameters: initializeHead(shape, 1) });
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const targets = new Float32Array(n * classes);
  labels.forEach((label, i) => targets[i * classes + label] = 1);
  const batch = {
    inputs: numbers(n * inputs, 1),
    mask: hidden > 0 ? numbers(n * hidden, 2) : undefined,
    targets,
    weights: numbers(n, 3),
    labels,
  };
  for (const t of [1, 2, 3]) {
    await network.step(batch, { t, learningRate: 1e-3, weightDecay: 0.1 });
  }
  const logits = await network.predict(batch.inputs);
  const sums = await network.takeSums();
  const { parameters, m, v } = await network.read();
  await network.dispose();
  const all = { logits, ...parameters, m: m["dense1.kernel"]!, ...v };
  const digests = Object.entries(all).map(async ([name, values]) =>
    [name, await sha256(new Uint8Array(values.slice().buffer))] as const
  );
  return { sums, ...Object.fromEntries(await Promise.all(digests)) };
}

/** Shapes of heads and batches. */
const SHAPES: (HeadShape & { n: number })[] = [
  { inputs: 2048, hidden: 1024, classes: 100, activation: "linear", n: 64 },
  { inputs: 256, hidden: 1024, classes: 5, activation: "relu", n: 33 },
  { inputs: 256, hidden: 48, classes: 200, activation: "relu", n: 64 },
  { inputs: 512, hidden: 0, classes: 1000, activation: "linear", n: 7 },
];

for (const { n, ...shape } of SHAPES) {
  const { inputs, hidden, classes } = shape;
  Deno.test({
    name:
      `onnxHeads() train to the same bits on any number of threads: ${inputs} to ${hidden} to ${classes}`,
    ignore: !await permitsNativeCode(),
    fn: async () => {
      const alone = await trainOn(1, shape, n);
      for (const threads of [1, 2, 3, 8]) {
        assertEquals(await trainOn(threads, shape, n), alone);
      }
    },
  });
}

Deno.test("sumBatch() weighs losses and counts the first of equals", () => {
  const logP = Float32Array.of(-1, -2, -3, -4, -0.5, -0.5, -2, -1, -1);
  const batch = {
    targets: Float32Array.of(1, 0, 0, 0.25, 0.5, 0.25, 0, 0, 1),
    weights: Float32Array.of(2, 1, 0.5),
    labels: Int32Array.of(0, 1, 2),
  };
  // The third has two likely classes, of which the first is not its label.
  assertEquals(sumBatch(logP, batch), {
    loss: 2 * 1 + 1 * (1 + 0.25 + 0.125) + 0.5 * 1,
    correct: 2,
  });
});

Deno.test("sumBatch() passes on what is not a number", () => {
  const logP = Float32Array.of(NaN, NaN);
  const targets = Float32Array.of(0, 1);
  const batch = {
    targets,
    weights: Float32Array.of(1),
    labels: Int32Array.of(1),
  };
  assertEquals(sumBatch(logP, batch), { loss: NaN, correct: 0 });
});
