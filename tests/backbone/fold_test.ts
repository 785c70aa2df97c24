import { assertEquals, assertThrows } from "@std/assert";
import {
  type ConvWeights,
  foldedConv,
  foldWeights,
} from "../../pipeline/backbone/fold.ts";
import { toHwio } from "../../pipeline/backbone/kernel_order.ts";
import type { ConvLayer, Graph } from "../../pipeline/backbone/layers.ts";
import { resNet } from "../../pipeline/backbone/spec.ts";
import { assertAllClose } from "../support/assert_all_close.ts";

/** A convolution of 2 channels to 2 with a kernel of 2x2. */
const LAYER: ConvLayer = {
  kind: "conv",
  name: "conv",
  norm: "norm",
  input: "input",
  relu: false,
  kernel: 2,
  stride: 1,
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
  inChannels: 2,
  outChannels: 2,
  size: 1,
  epsilon: 0.25,
};

const GRAPH: Graph = {
  spec: resNet("torchvision", { blocks: [1, 1, 1, 1], width: 4 }),
  imageSize: 2,
  layers: [LAYER, { ...LAYER, name: "next" }],
};

const f32 = (...numbers: number[]) => Float32Array.from(numbers);

/** Scales of 4 / sqrt(3.75 + 0.25) = 2 and 1 / sqrt(0 + 0.25) = 2. */
const WEIGHTS: ConvWeights = {
  weight: f32(...Array.from({ length: 16 }, (_, i) => i)),
  gamma: f32(4, 1),
  beta: f32(10, 20),
  mean: f32(1, 2),
  variance: f32(3.75, 0),
};

Deno.test("foldWeights() scales the kernel, output channels first", () => {
  const folded = foldWeights(GRAPH, () => WEIGHTS);
  const { weight, bias } = foldedConv(folded, LAYER);
  assertEquals([...weight], [...WEIGHTS.weight].map((value) => value * 2));
  assertEquals([...bias], [10 - 2, 20 - 4]);
});

Deno.test("foldWeights() takes kernels with output channels last", () => {
  const weight = toHwio(WEIGHTS.weight, LAYER);
  const source = { ...WEIGHTS, layout: "HWIO", weight } as const;
  const { values } = foldWeights(GRAPH, () => source);
  assertEquals(values, foldWeights(GRAPH, () => WEIGHTS).values);
});

Deno.test("foldWeights() folds the bias of a convolution in", () => {
  const folded = foldWeights(GRAPH, () => ({ ...WEIGHTS, bias: f32(3, -1) }));
  const { bias } = foldedConv(folded, LAYER);
  assertEquals([...bias], [10 + (3 - 1) * 2, 20 + (-1 - 2) * 2]);
});

Deno.test("foldWeights() computes in 64 bits", () => {
  const weights = { ...WEIGHTS, variance: f32(1, 1e-3), gamma: f32(1, 3) };
  const layer = { ...LAYER, epsilon: 1.001e-5 };
  const graph = { ...GRAPH, layers: [layer] };
  const { bias } = foldedConv(foldWeights(graph, () => weights), layer);
  const variance = Math.fround(1e-3);
  assertAllClose(bias, [
    Math.fround(10 - 1 / Math.sqrt(1 + 1.001e-5)),
    Math.fround(20 - 2 * 3 / Math.sqrt(variance + 1.001e-5)),
  ], {});
});

Deno.test("foldWeights() lays all convolutions into one array", () => {
  const { values, entries } = foldWeights(GRAPH, () => WEIGHTS);
  assertEquals(values.length, 36);
  assertEquals(entries, {
    conv: { weight: 0, bias: 16 },
    next: { weight: 18, bias: 34 },
  });
});

Deno.test.each<[string, Partial<ConvWeights>]>([
  ["a variance below 0", { variance: f32(3.75, -1) }],
  ["a kernel too large for 32 bits", { gamma: f32(4, 3e38) }],
  ["a bias too large for 32 bits", { mean: f32(1, 3e38) }],
  ["a number that is none", { weight: f32(...Array(15).fill(0), NaN) }],
])("foldWeights() refuses %s", (_, change) => {
  const refuse = (isOwn: boolean) => {
    throw new RangeError(isOwn ? "not finite" : "not finite when folded");
  };
  assertThrows(
    () => foldWeights(GRAPH, () => ({ ...WEIGHTS, ...change, refuse })),
    RangeError,
    change.weight ? "not finite" : "not finite when folded",
  );
});

/** Weights of both layers, 48 numbers, in one buffer, with others before them and one between. */
function weightsTogether(others = 3) {
  const parts = Object.entries(WEIGHTS) as [string, Float32Array][];
  const length = parts.reduce((sum, [, array]) => sum + array.length, 0);
  const file = new Float32Array(others + 2 * length + 1);
  let at = others;
  const take = () =>
    Object.fromEntries(parts.map(([name, array]) => {
      const view = file.subarray(at, at += array.length);
      view.set(array);
      return [name, view];
    })) as unknown as ConvWeights;
  const first = take();
  at++;
  return { file, sources: new Map([["conv", first], ["next", take()]]) };
}

Deno.test("foldWeights() overwrites weights that lie in one buffer, if it may", () => {
  const { file, sources } = weightsTogether();
  const source = ({ name }: ConvLayer) => sources.get(name)!;
  const expected = foldWeights(GRAPH, source);
  const kept = file.slice();
  assertEquals(expected.values.buffer === file.buffer, false);
  assertEquals(file, kept);
  const convs = GRAPH.layers as ConvLayer[];
  const before = convs.map((layer) => foldedConv(expected, layer));
  const folded = foldWeights(GRAPH, source, { overwrites: true });
  assertEquals(folded.values.buffer, file.buffer);
  assertEquals(convs.map((layer) => foldedConv(folded, layer)), before);
});

Deno.test("foldWeights() overwrites nothing that two layers share, or that is elsewhere", () => {
  const { file, sources } = weightsTogether();
  const [first, next] = [sources.get("conv")!, sources.get("next")!];
  const kept = file.slice();
  for (
    const other of [
      { ...next, mean: first.gamma },
      { ...next, weight: file.subarray(0, 16) },
      { ...next, variance: next.variance.slice() },
      { ...next, layout: "HWIO" },
    ] as ConvWeights[]
  ) {
    const source = ({ name }: ConvLayer) => name === "conv" ? first : other;
    const { values } = foldWeights(GRAPH, source, { overwrites: true });
    assertEquals(values, foldWeights(GRAPH, source).values);
    assertEquals(file, kept);
  }
});

Deno.test.each([[15, true], [16, false]])(
  "foldWeights() overwrites weights beside %s other numbers and one: %s",
  (others, isOverwritten) => {
    const { file, sources } = weightsTogether(others);
    const source = ({ name }: ConvLayer) => sources.get(name)!;
    const { values } = foldWeights(GRAPH, source, { overwrites: true });
    assertEquals(values.buffer === file.buffer, isOverwritten);
    assertEquals(values.length, isOverwritten ? 64 : 36);
  },
);
