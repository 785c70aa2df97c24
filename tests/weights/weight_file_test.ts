import { assertEquals, assertRejects } from "@std/assert";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from "../../pipeline/artifact/safetensors.ts";
import { foldWeights } from "../../pipeline/backbone/fold.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import type { VariantName } from "../../pipeline/backbone/spec.ts";
import type { NamingName } from "../../pipeline/weights/naming/naming.ts";
import { readResNet } from "../../pipeline/weights/read_resnet.ts";
import {
  openWeights,
  type WeightFormat,
} from "../../pipeline/weights/weight_file.ts";
import { FormatError } from "../../pipeline/errors.ts";
import {
  FIXTURES,
  HAS_SHARED,
  readReference,
  SHARED,
} from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { BACKENDS, runNetwork } from "../backends/support.ts";
import { assertAgree, float32 } from "../backbone/support.ts";

/** Every weight file of the reference, and what must be found in it. */
const FILES: readonly [string, WeightFormat, NamingName, VariantName][] = [
  ["torchvision.safetensors", "safetensors", "torchvision", "torchvision"],
  ["torchvision.pth", "PyTorch", "torchvision", "torchvision"],
  ["torchvision-legacy.pth", "PyTorch", "torchvision", "torchvision"],
  ["huggingface.safetensors", "safetensors", "huggingface", "torchvision"],
  ["keras_notop.h5", "Keras HDF5", "keras", "keras"],
  ["tf_slim.ckpt", "TensorFlow V2 checkpoint", "tf-slim", "tf-slim"],
  ["pretrain_weights.ckpt", "TensorFlow V2 checkpoint", "port", "tf-same"],
];

for (const [path, format, naming, variant] of FILES) {
  for (const { name, ignore } of BACKENDS) {
    // Tests with a GPU run in `tests/backends/`, a file at a time.
    if (name === "webgpu") continue;
    Deno.test({
      name: `${path} embeds on ${name} as PyTorch does`,
      ignore: ignore || !HAS_SHARED,
      async fn() {
        const store = new FileStore(new URL("reference/weights/", SHARED));
        const file = (await openWeights(store, path))!;
        const network = readResNet(file.tensors, { path });
        assertEquals(
          [file.format, network.naming.name, network.variant],
          [format, naming, variant],
        );
        assertEquals(
          [network.spec.name, network.spec.width, network.unused],
          ["ResNet-101", 4, []],
        );
        const { tensors } = await readReference("weights/expected.safetensors");
        const graph = buildGraph(network.spec, 64);
        const weights = foldWeights(graph, network.source);
        const input = float32(tensors, "input");
        const actual = await runNetwork(name, { graph, weights }, input);
        assertAgree(actual, float32(tensors, `${variant}/features`));
      },
    });
  }
}

const TINY = await Deno.readFile(
  new URL("backbone/resnet101-tiny.safetensors", FIXTURES),
);

/** The tiny backbone in two files and an index. */
function sharded(): Record<string, Uint8Array> {
  const { tensors } = decodeSafetensors(TINY, "tiny");
  const halves: Record<string, Tensor>[] = [{}, {}];
  const map: Record<string, string> = {};
  const names = ["model-1.safetensors", "model-2.safetensors"];
  [...tensors].forEach(([name, tensor], i) => {
    halves[i % 2]![name] = tensor;
    map[name] = names[i % 2]!;
  });
  const index = JSON.stringify({ metadata: {}, weight_map: map });
  return {
    "a/model.safetensors.index.json": new TextEncoder().encode(index),
    "a/model-1.safetensors": encodeSafetensors(halves[0]!),
    "a/model-2.safetensors": encodeSafetensors(halves[1]!),
  };
}

Deno.test("openWeights() reads safetensors in several files", async () => {
  const path = "a/model.safetensors.index.json";
  const store = new MemoryStore(sharded());
  const file = (await openWeights(store, path))!;
  assertEquals([file.format, file.parts.length], ["sharded safetensors", 3]);
  const whole = new MemoryStore({ "tiny.safetensors": TINY });
  const one = (await openWeights(whole, "tiny.safetensors"))!;
  const sorted = (tensors: ReadonlyMap<string, unknown>) =>
    [...tensors].sort(([a], [b]) => a < b ? -1 : 1);
  assertEquals(sorted(file.tensors), sorted(one.tensors));
});

Deno.test.each<[string, Record<string, string>, string]>([
  [
    "a shard outside",
    { weight_map: '{"a":"../x.safetensors"}' },
    'it must name .safetensors files beside it: it names "../x.safetensors"',
  ],
  [
    "a shard in a folder",
    { weight_map: '{"a":"b/x.safetensors"}' },
    'it must name .safetensors files beside it: it names "b/x.safetensors"',
  ],
  ["no map", { metadata: "{}" }, "it has no weight_map"],
])("openWeights() refuses an index with %s", async (_, index, message) => {
  const entries = Object.entries(index).map(([key, value]) =>
    `"${key}":${value}`
  );
  const store = new MemoryStore({ "m.index.json": `{${entries.join(",")}}` });
  await assertRejects(
    () => openWeights(store, "m.index.json"),
    FormatError,
    `Cannot read "m.index.json" as an index of safetensors files as ${message}`,
  );
});

Deno.test("openWeights() names a shard that is not there, and a tensor that is in none", async () => {
  const files = sharded();
  const path = "a/model.safetensors.index.json";
  const { ["a/model-2.safetensors"]: _, ...rest } = files;
  await assertRejects(
    () => openWeights(new MemoryStore(rest), path),
    FormatError,
    'Cannot read "a/model-2.safetensors" as a part of the weights: there is no such file',
  );
  const empty = encodeSafetensors({});
  await assertRejects(
    () =>
      openWeights(
        new MemoryStore({ ...files, "a/model-2.safetensors": empty }),
        path,
      ),
    FormatError,
    '"model-2.safetensors" must hold tensor ',
  );
});

Deno.test("openWeights() finds nothing where there is nothing", async () => {
  assertEquals(await openWeights(new MemoryStore(), "a.ckpt"), undefined);
});

Deno.test("openWeights() refuses bytes of no format", async () => {
  const store = new MemoryStore({ "a.pth": "no weights at all, just text" });
  await assertRejects(
    () => openWeights(store, "a.pth"),
    FormatError,
    'Cannot read "a.pth" as weights as it must be safetensors, PyTorch, Keras HDF5 or a TensorFlow checkpoint: its 28 bytes are none of them',
  );
});

/** A disk with one file, whose bytes must not be read as a whole. */
class LargeFile extends MemoryStore {
  constructor(readonly sizeBytes: number) {
    super();
  }
  override stat(path: string) {
    const { sizeBytes } = this;
    return Promise.resolve({ path, sizeBytes, modifiedMs: 0 });
  }
  override readRange(_: string, start: number, end: number) {
    return Promise.resolve(new Uint8Array(end - start));
  }
  override read(path: string): Promise<Uint8Array | undefined> {
    throw new Error(`"${path}" was read`);
  }
}

Deno.test.each<[number, string]>([
  [2 ** 31 + 1, "it must have at most 2147483648 bytes: it has 2147483649"],
  [
    2 ** 30,
    "it must be safetensors, PyTorch, Keras HDF5 or a TensorFlow checkpoint: its 1073741824 bytes are none of them",
  ],
])(
  "openWeights() does not read a file of %s bytes that it will refuse",
  async (sizeBytes, message) => {
    await assertRejects(
      () => openWeights(new LargeFile(sizeBytes), "a.bin"),
      FormatError,
      `Cannot read "a.bin" as weights as ${message}`,
    );
  },
);

Deno.test.each(["F16", "BF16"] as const)(
  "readResNet() widens tensors of %s",
  (dtype) => {
    const { tensors } = decodeSafetensors(TINY, "tiny");
    // 1, -2 and 0.5 by the formats' definitions, and zeros.
    const halves = dtype === "F16"
      ? [0x3c00, 0xc000, 0x3800]
      : [0x3f80, 0xc000, 0x3f00];
    const data = new Uint8Array(
      Uint16Array.of(...halves, 0, 0, 0, 0, 0).buffer,
    );
    tensors.set("bn1.weight", { dtype, shape: [8], data });
    const { source, spec } = readResNet(tensors, { path: "tiny" });
    const [stem] = buildGraph(spec, 32).layers;
    if (stem?.kind !== "conv") throw new Error("the stem is a convolution");
    assertEquals([...source(stem).gamma], [1, -2, 0.5, 0, 0, 0, 0, 0]);
  },
);
