import { assertEquals, assertThrows } from "@std/assert";
import {
  decodeSafetensors,
  type Tensor,
} from "../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { foldWeights } from "../../pipeline/backbone/fold.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import { NAMINGS } from "../../pipeline/weights/naming/find_naming.ts";
import { type Naming, placeOf } from "../../pipeline/weights/naming/naming.ts";
import { readResNet } from "../../pipeline/weights/read_resnet.ts";
import { FormatError } from "../../pipeline/errors.ts";
import { readFixture } from "../support/fixtures.ts";

const TINY = await readFixture("backbone/resnet101-tiny.safetensors");
const OPTIONS = { path: "w.safetensors" };

/** The tensors of the tiny backbone, in a map of their own. */
function tinyTensors(): Map<string, Tensor> {
  return decodeSafetensors(TINY, OPTIONS.path).tensors;
}

/** Turns a kernel from `[out, in, k, k]` to `[k, k, in, out]`. */
function toHwio(tensor: Tensor): Tensor {
  const [o, i, h, w] = tensor.shape as [number, number, number, number];
  const from = new Float32Array(tensor.data.slice().buffer);
  const to = new Float32Array(from.length);
  for (let n = 0; n < from.length; n++) {
    const [x, y] = [n % w, Math.floor(n / w) % h];
    const channel = Math.floor(n / (w * h));
    const [c, k] = [channel % i, Math.floor(channel / i)];
    to[((y * w + x) * i + c) * o + k] = from[n]!;
  }
  return toTensor(to, [h, w, i, o]);
}

/** The tiny backbone under the names of another family. */
function rename(
  naming: Naming,
  prefix: string,
  hasBias = naming.variant === "keras",
): Map<string, Tensor> {
  const tiny = tinyTensors();
  const { spec } = readResNet(tiny, OPTIONS);
  const renamed = new Map<string, Tensor>();
  for (const layer of buildGraph(spec, 32).layers) {
    if (layer.kind !== "conv") continue;
    const names = naming.names(placeOf(layer.name));
    const weight = tiny.get(`${layer.name}.weight`)!;
    const isHwio = naming.layout === "HWIO";
    renamed.set(prefix + names.weight, isHwio ? toHwio(weight) : weight);
    for (
      const [part, suffix] of [
        ["gamma", "weight"],
        ["beta", "bias"],
        ["mean", "running_mean"],
        ["variance", "running_var"],
      ] as const
    ) {
      renamed.set(prefix + names[part], tiny.get(`${layer.norm}.${suffix}`)!);
    }
    const bias = toTensor(
      new Float32Array(layer.outChannels),
      [layer.outChannels],
    );
    if (hasBias) renamed.set(prefix + names.bias, bias);
  }
  return renamed;
}

Deno.test.each<[Naming, string]>(
  NAMINGS.flatMap((naming) => [[naming, ""], [naming, "model/"]]),
)("readResNet() reads the names of %o (case %#)", (naming, prefix) => {
  const tensors = rename(naming, prefix);
  const read = readResNet(rename(naming, prefix, false), {
    ...OPTIONS,
    variant: "torchvision",
  });
  assertEquals([read.naming.name, read.prefix], [naming.name, prefix]);
  assertEquals([read.spec.name, read.spec.width], ["ResNet-101", 8]);
  assertEquals(readResNet(tensors, OPTIONS).variant, naming.variant);
  const graph = buildGraph(read.spec, 32);
  const expected = readResNet(tinyTensors(), OPTIONS).source;
  assertEquals(
    foldWeights(graph, read.source).values,
    foldWeights(graph, expected).values,
  );
});

Deno.test("readResNet() reads what TensorFlow adds to names", () => {
  const keras = NAMINGS.find(({ name }) => name === "keras")!;
  const tensors = new Map(
    [...rename(keras, "")].map(([name, tensor]) => [`${name}:0`, tensor]),
  );
  assertEquals(readResNet(tensors, OPTIONS).naming.name, "keras");
});

Deno.test("readResNet() reports a classifier, what is unused, and no bookkeeping", () => {
  const tensors = tinyTensors();
  const vector = (length: number) =>
    toTensor(new Float32Array(length), [length]);
  tensors.set("fc.weight", toTensor(new Float32Array(2560), [10, 256]));
  tensors.set("fc.bias", vector(10));
  tensors.set("bn1.num_batches_tracked", vector(1));
  tensors.set("extra.weight", vector(1));
  const { classifier, unused } = readResNet(tensors, OPTIONS);
  assertEquals(classifier, { name: "fc.weight", classes: 10 });
  assertEquals(unused, ["extra.weight"]);
});

Deno.test("readResNet() counts the blocks of a ResNet-50", () => {
  const tensors = tinyTensors();
  for (const name of tensors.keys()) {
    if (Number(/^layer3\.(\d+)/.exec(name)?.[1] ?? 0) >= 6) {
      tensors.delete(name);
    }
  }
  const { spec } = readResNet(tensors, OPTIONS);
  assertEquals([spec.name, ...spec.blocks], ["ResNet-50", 3, 4, 6, 3]);
});

Deno.test("readResNet() names the first tensor that is missing", () => {
  const tensors = tinyTensors();
  tensors.delete("layer3.4.bn2.running_var");
  tensors.delete("layer4.0.conv3.weight");
  assertThrows(
    () => readResNet(tensors, OPTIONS),
    FormatError,
    'Cannot use "w.safetensors" as weights of ResNet-101 as tensor "layer3.4.bn2.running_var" [32] is missing, and 1 more',
  );
});

Deno.test("readResNet() says what a tensor should be", () => {
  const tensors = tinyTensors();
  const data = new Float32Array(64);
  tensors.set("layer1.0.conv1.weight", toTensor(data, [64]));
  assertThrows(
    () => readResNet(tensors, OPTIONS),
    FormatError,
    'Cannot use "w.safetensors" as weights of ResNet-101 as tensor "layer1.0.conv1.weight" must be [8,8,1,1]: it is [64]',
  );
});

Deno.test.each<[string, (tensors: Map<string, Tensor>) => void, string]>([
  [
    "tensors that are no floats",
    (tensors) => tensors.set("bn1.weight", toTensor(new Int32Array(8), [8])),
    'weights of ResNet-101 as tensor "bn1.weight" must be F32, F16, BF16 or F64: it is I32',
  ],
  [
    "a hole among the blocks",
    (tensors) => tensors.delete("layer3.7.conv1.weight"),
    'weights of ResNet-101 as tensor "layer3.7.conv1.weight" [32,128,1,1] is missing',
  ],
  [
    "more in a block than a ResNet has",
    (tensors) =>
      tensors.set("layer1.0.se.fc.weight", tensors.get("bn1.weight")!),
    'weights of ResNet-101 as tensor "layer1.0.se.fc.weight" has no place in its blocks',
  ],
  [
    "two networks",
    (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.set(`ema.${name}`, tensor);
      }
    },
    'weights as it must hold one network: there are several, under "" and "ema."',
  ],
  [
    "a name that is there twice",
    (tensors) => tensors.set("bn1.weight:0", tensors.get("bn1.weight")!),
    'weights as each tensor must be there once: "bn1.weight" is there twice',
  ],
])("readResNet() refuses %s", (_, change, message) => {
  const tensors = tinyTensors();
  change(tensors);
  assertThrows(
    () => readResNet(tensors, OPTIONS),
    FormatError,
    `Cannot use "w.safetensors" as ${message}`,
  );
});

Deno.test("readResNet() passes over copies that an optimizer keeps", () => {
  const tiny = tinyTensors();
  const tensors = new Map(
    [...tiny].filter(([name]) => name.endsWith("weight"))
      .map(([name, tensor]) => [`optim.exp_avg.${name}`, tensor]),
  );
  for (const [name, tensor] of tiny) tensors.set(name, tensor);
  assertEquals(readResNet(tensors, OPTIONS).prefix, "");
});

Deno.test.each(
  [
    ["bn1.running_var", [8], 0, NaN, '"bn1.running_var"'],
    [
      "bn1.running_var",
      [8],
      0,
      -1,
      '"conv1.weight" with its batch norm folded in',
    ],
    ["conv1.weight", [8, 3, 7, 7], 0, Infinity, '"conv1.weight"'],
    ["conv1.weight", [8, 3, 7, 7], 8 * 3 * 49 - 1, NaN, '"conv1.weight"'],
  ] as const,
)(
  "readResNet() refuses numbers that are not finite when they are folded: %s %j, %i: %s",
  (name, shape, at, number, found) => {
    const tensors = tinyTensors();
    const numbers = new Float32Array(shape.reduce((a, b) => a * b, 1));
    numbers[at] = number;
    tensors.set(name, toTensor(numbers, [...shape]));
    const { spec, source } = readResNet(tensors, OPTIONS);
    assertThrows(
      () => foldWeights(buildGraph(spec, 32), source),
      FormatError,
      `Cannot use "w.safetensors" as weights as tensor ${found} must be finite: it is not`,
    );
  },
);

Deno.test.each<[string, number[]]>([
  ["a ResNeXt", [16, 2, 3, 3]],
  ["a wide ResNet", [16, 16, 3, 3]],
])("readResNet() tells %s by its second convolution", (found, shape) => {
  const tensors = tinyTensors();
  const data = new Float32Array(shape.reduce((a, b) => a * b));
  tensors.set("layer1.0.conv2.weight", toTensor(data, shape));
  assertThrows(
    () => readResNet(tensors, OPTIONS),
    FormatError,
    `it is ${found}`,
  );
});
